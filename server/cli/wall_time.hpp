#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace sallyport::cli {

/// "2027-06-30T14:00", "2027-06-30 14:00:59" by the local clock, or with "Z" behind it in UTC.
/// Nothing for anything else. A time that the clock skips is taken as if it had not.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> parse_wall_time(
    const std::string& text);

}  // namespace sallyport::cli
