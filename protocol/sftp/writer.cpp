#include "protocol/sftp/writer.hpp"

#include <utility>

namespace sallyport::sftp {
namespace {

constexpr std::size_t length_bytes = 4;

std::byte byte_of(std::uint64_t value, unsigned place) {
    return static_cast<std::byte>(value >> (8 * place) & 0xffU);
}

}  // namespace

Writer::Writer(PacketType type) : bytes_(length_bytes + 1) {
    bytes_.back() = static_cast<std::byte>(type);
}

Writer& Writer::u32(std::uint32_t value) {
    for (unsigned place = 4; place-- > 0;) bytes_.push_back(byte_of(value, place));
    return *this;
}

Writer& Writer::u64(std::uint64_t value) {
    for (unsigned place = 8; place-- > 0;) bytes_.push_back(byte_of(value, place));
    return *this;
}

Writer& Writer::string(std::string_view text) {
    return u32(static_cast<std::uint32_t>(text.size())).raw(std::as_bytes(std::span(text)));
}

Writer& Writer::raw(std::span<const std::byte> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
}

std::span<std::byte> Writer::extend(std::size_t bytes) {
    bytes_.resize(bytes_.size() + bytes);
    return std::span(bytes_).last(bytes);
}

void Writer::shorten(std::size_t bytes) {
    bytes_.resize(bytes_.size() - bytes);
}

std::size_t Writer::size() const {
    return bytes_.size() - length_bytes;
}

void Writer::patch_u32(std::size_t at, std::uint32_t value) {
    for (unsigned place = 4; place-- > 0;) bytes_[length_bytes + at++] = byte_of(value, place);
}

Reply Writer::finish() {
    const auto length = static_cast<std::uint32_t>(bytes_.size() - length_bytes);
    for (unsigned place = 0; place < 4; ++place) bytes_[3 - place] = byte_of(length, place);
    return Reply{std::move(bytes_)};
}

}  // namespace sallyport::sftp
