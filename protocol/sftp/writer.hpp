#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/sftp/wire.hpp"

namespace sallyport::sftp {

/// An answer as it goes over the channel, with its length field.
struct Reply {
    std::vector<std::byte> bytes;
};

/// Builds one packet, field by field (RFC 4251 section 5).
class Writer {
  public:
    explicit Writer(PacketType type);

    Writer& u32(std::uint32_t value);
    Writer& u64(std::uint64_t value);
    Writer& string(std::string_view text);
    /// Bytes without a count before them.
    Writer& raw(std::span<const std::byte> bytes);

    /// `bytes` more bytes, to be filled in by the caller before anything else is written.
    [[nodiscard]] std::span<std::byte> extend(std::size_t bytes);
    /// Takes the last `bytes` back.
    void shorten(std::size_t bytes);
    /// Bytes written so far, from the type byte on.
    [[nodiscard]] std::size_t size() const;
    /// Overwrites a number that was written when `size` was `at`.
    void patch_u32(std::size_t at, std::uint32_t value);

    /// The packet with its length filled in; the writer is spent afterwards.
    [[nodiscard]] Reply finish();

  private:
    std::vector<std::byte> bytes_;
};

}  // namespace sallyport::sftp
