#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "protocol/proxy/header.hpp"

namespace sallyport::proxy {

/// Every header of version 2 begins with it (section 2.2).
inline constexpr std::string_view v2_start("\r\n\r\n\0\r\nQUIT\n", 12);
/// Bytes before the part whose length is announced.
inline constexpr std::size_t v2_fixed_bytes = 16;

/// How long the header is that begins with these `v2_fixed_bytes`.
[[nodiscard]] std::size_t v2_size(std::string_view fixed_part);

/// Reads a whole header of version 2; a problem for the log if it is none.
[[nodiscard]] std::variant<Header, std::string_view> parse_v2(std::string_view bytes);

}  // namespace sallyport::proxy
