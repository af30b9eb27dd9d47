#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace sallyport::sftp {

/// One packet of the channel (draft-ietf-secsh-filexfer-02 section 3). Owns its bytes.
struct Packet {
    std::uint8_t type = 0;
    std::vector<std::byte> body;  ///< what follows the type
};

/// A packet of no bytes, or of more than `max_packet_bytes`, was declared. The stream cannot be
/// followed from there.
struct BadLength {
    std::uint32_t declared = 0;  ///< bytes
};

using Decoded = std::variant<Packet, BadLength>;

/// Turns the bytes of an SFTP channel into packets, however they are split. Memory follows the
/// bytes that have arrived, never the length that a packet declares.
class PacketDecoder {
  public:
    /// Adds bytes from the peer. Packets handed out before stay valid.
    void feed(std::span<const std::byte> bytes);
    /// The next whole packet, or nothing when more bytes are needed. After `BadLength` the session
    /// must be ended; every further call repeats it.
    [[nodiscard]] std::optional<Decoded> next();
    /// Bytes fed and not yet handed out. A driver stops reading while they are more than it wants
    /// to hold; only past `max_packet_bytes + 4` is it certain that `next` yields something.
    [[nodiscard]] std::size_t buffered() const { return buffer_.size() - consumed_; }

  private:
    void consume(std::size_t bytes);

    std::vector<std::byte> buffer_;
    std::size_t consumed_ = 0;
};

}  // namespace sallyport::sftp
