#pragma once

#include <cstddef>

namespace sallyport::server {

/// Memory set aside for what must not fail when there is none left. Thread-safe.
constexpr std::size_t reserved_block_bytes = 2048;
constexpr std::size_t reserved_blocks = 2048;

/// A block for `size` bytes, aligned for everything; nullptr when `size` is more than a block has
/// or all blocks are taken.
[[nodiscard]] void* take_reserved(std::size_t size) noexcept;

/// Takes back what `take_reserved` gave; false for anything else, which stays as it is.
bool give_back_reserved(void* memory) noexcept;

}  // namespace sallyport::server
