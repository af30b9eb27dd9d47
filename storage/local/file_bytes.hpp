#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "storage/digest.hpp"
#include "storage/error.hpp"
#include "storage/local/descriptor.hpp"

namespace sallyport::storage {

/// Writes all of `data` at `offset`.
[[nodiscard]] Result<void> write_at(const Descriptor& file, std::uint64_t offset,
                                    std::span<const std::byte> data);

/// Reads up to `into.size()` bytes from `offset`; 0 means the end.
[[nodiscard]] Result<std::size_t> read_at(const Descriptor& file, std::uint64_t offset,
                                          std::span<std::byte> into);

/// Makes the empty file `to` the first `length` bytes of `from`, which is `size` bytes long: shares
/// the blocks where the file system can, else copies in the kernel, else by hand. Holes stay holes.
[[nodiscard]] Result<void> copy_prefix(const Descriptor& from, std::uint64_t size,
                                       const Descriptor& to, std::uint64_t length);

/// Adds the bytes [first, last) of `file` to `digest`; stops at the end of the file.
[[nodiscard]] Result<void> digest_range(const Descriptor& file, std::uint64_t first,
                                        std::uint64_t last, Digest& digest);

}  // namespace sallyport::storage
