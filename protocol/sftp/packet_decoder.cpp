#include "protocol/sftp/packet_decoder.hpp"

#include "protocol/sftp/limits.hpp"
#include "protocol/sftp/reader.hpp"

namespace sallyport::sftp {
namespace {

constexpr std::size_t length_bytes = 4;
/// Room kept for the next packet; more is given back, so that idle sessions stay small.
constexpr std::size_t kept_capacity = std::size_t{64} * 1024;

}  // namespace

void PacketDecoder::feed(std::span<const std::byte> bytes) {
    // Moving the rest only when it is the smaller half keeps the cost of many packets linear.
    if (consumed_ > buffer_.size() / 2) {
        buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(consumed_));
        consumed_ = 0;
    }
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

std::optional<Decoded> PacketDecoder::next() {
    if (buffered() < length_bytes) return std::nullopt;
    const auto pending = std::span<const std::byte>(buffer_).subspan(consumed_);
    const std::uint32_t declared = Reader(pending.first(length_bytes)).u32();
    if (declared == 0 || declared > max_packet_bytes) return BadLength{declared};
    if (pending.size() - length_bytes < declared) return std::nullopt;
    const auto bytes = pending.subspan(length_bytes, declared);
    Packet packet{std::to_integer<std::uint8_t>(bytes[0]), {bytes.begin() + 1, bytes.end()}};
    consume(length_bytes + declared);
    return packet;
}

void PacketDecoder::consume(std::size_t bytes) {
    consumed_ += bytes;
    if (consumed_ < buffer_.size()) return;
    buffer_.clear();
    consumed_ = 0;
    if (buffer_.capacity() > kept_capacity) buffer_ = {};
}

}  // namespace sallyport::sftp
