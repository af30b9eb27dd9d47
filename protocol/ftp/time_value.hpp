#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/entry.hpp"

namespace sallyport::ftp {

/// Time as YYYYMMDDHHMMSS in UTC (RFC 3659 section 2.3).
[[nodiscard]] std::string format_time(storage::FileTime time);
/// The reverse; fractions of a second are accepted and dropped. Nothing for an impossible date.
[[nodiscard]] std::optional<storage::FileTime> parse_time(std::string_view text);

}  // namespace sallyport::ftp
