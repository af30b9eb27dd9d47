#pragma once

#include <optional>
#include <string_view>

#include "protocol/proxy/header.hpp"

namespace sallyport::proxy {

/// Every header of version 1 begins with it.
inline constexpr std::string_view v1_start = "PROXY ";

/// Reads a header of version 1 (section 2.1), a line without its line end; nothing if it is none.
[[nodiscard]] std::optional<Header> parse_v1(std::string_view line);

}  // namespace sallyport::proxy
