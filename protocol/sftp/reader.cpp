#include "protocol/sftp/reader.hpp"

namespace sallyport::sftp {
namespace {

template <class Number>
Number big_endian(std::span<const std::byte> bytes) {
    Number value = 0;
    for (const std::byte byte : bytes) {
        value = static_cast<Number>(value << 8U) | std::to_integer<Number>(byte);
    }
    return value;
}

}  // namespace

std::uint32_t Reader::u32() {
    return big_endian<std::uint32_t>(take(4));
}

std::uint64_t Reader::u64() {
    return big_endian<std::uint64_t>(take(8));
}

std::span<const std::byte> Reader::data() {
    return take(u32());
}

std::string_view Reader::string() {
    const auto bytes = data();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void Reader::fail() {
    failed_ = true;
    rest_ = {};
}

std::span<const std::byte> Reader::take(std::size_t bytes) {
    if (bytes > rest_.size()) {
        fail();
        return {};
    }
    const auto taken = rest_.first(bytes);
    rest_ = rest_.subspan(bytes);
    return taken;
}

}  // namespace sallyport::sftp
