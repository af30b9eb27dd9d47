#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::cli {

/// The JSON of `/status` as a table for people, up to `width` columns wide. Nothing in it can
/// control a terminal, whatever the JSON holds. Throws std::runtime_error with one sentence when it
/// is no status.
[[nodiscard]] std::string status_table(std::string_view json, std::size_t width);

/// "1.5 GiB", three digits or so.
[[nodiscard]] std::string readable_size(double bytes);
/// "2 h 05 min", the two largest units.
[[nodiscard]] std::string readable_duration(double seconds);

}  // namespace sallyport::cli
