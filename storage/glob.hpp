#pragma once

#include <string_view>

namespace sallyport::storage {

/// True when `pattern` matches the whole of `name`: '*' is any run of bytes, '?' one byte, all else
/// itself. Never slower than the product of both lengths.
[[nodiscard]] bool matches_glob(std::string_view pattern, std::string_view name);

}  // namespace sallyport::storage
