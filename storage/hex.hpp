#pragma once

#include <span>
#include <string>

namespace sallyport::storage {

/// Lower-case hex of `bytes`.
[[nodiscard]] std::string to_hex(std::span<const unsigned char> bytes);

}  // namespace sallyport::storage
