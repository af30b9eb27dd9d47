#include "protocol/proxy/version2.hpp"

#include <fmt/format.h>

#include <boost/crc.hpp>
#include <optional>

namespace sallyport::proxy {
namespace {

// Offsets in the fixed part, and what stands there.
constexpr std::size_t command_at = 12;
constexpr std::size_t family_at = 13;
constexpr std::size_t length_at = 14;
constexpr unsigned version2_local = 0x20;
constexpr unsigned version2_proxy = 0x21;
constexpr unsigned unspecified = 0x00;
constexpr unsigned tcp_over_ipv4 = 0x11;
constexpr unsigned tcp_over_ipv6 = 0x21;

constexpr std::size_t ipv4_bytes = 4;
constexpr std::size_t ipv6_bytes = 16;
constexpr std::size_t ports_bytes = 4;

/// The one extension that is looked into: a checksum over the header (section 2.2.3).
constexpr unsigned crc32c_type = 0x03;
constexpr std::size_t crc32c_bytes = 4;
constexpr std::size_t extension_head_bytes = 3;
using Crc32c = boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;

unsigned byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

std::uint16_t number_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint16_t>(byte_at(bytes, at) << 8U | byte_at(bytes, at + 1));
}

std::string ipv4_at(std::string_view bytes, std::size_t at) {
    return fmt::format("{}.{}.{}.{}", byte_at(bytes, at), byte_at(bytes, at + 1),
                       byte_at(bytes, at + 2), byte_at(bytes, at + 3));
}

std::string ipv6_at(std::string_view bytes, std::size_t at) {
    std::string text;
    for (std::size_t i = 0; i < ipv6_bytes; i += 2) {
        text += fmt::format("{}{:x}", i == 0 ? "" : ":", number_at(bytes, at + i));
    }
    return text;
}

/// The addresses and ports at the front of `block`; nothing if it is too short for them.
std::optional<Relayed> addresses_in(std::string_view block, std::size_t address_bytes) {
    if (block.size() < 2 * address_bytes + ports_bytes) return std::nullopt;
    const auto text_at = address_bytes == ipv4_bytes ? &ipv4_at : &ipv6_at;
    const std::size_t ports = 2 * address_bytes;
    return Relayed{text_at(block, 0), text_at(block, address_bytes), number_at(block, ports),
                   number_at(block, ports + 2)};
}

/// The checksum of a header whose own place at `at` counts as zeros.
std::uint32_t checksum(std::string_view header, std::size_t at) {
    constexpr char zeros[crc32c_bytes] = {};
    Crc32c crc;
    crc.process_bytes(header.data(), at);
    crc.process_bytes(zeros, crc32c_bytes);
    crc.process_bytes(header.data() + at + crc32c_bytes, header.size() - at - crc32c_bytes);
    return crc.checksum();
}

/// True when the extensions of `header`, which begin at `at`, fill it exactly, and the checksum
/// among them, if there is one, is right.
bool extensions_are_sound(std::string_view header, std::size_t at) {
    while (at < header.size()) {
        if (header.size() - at < extension_head_bytes) return false;
        const unsigned type = byte_at(header, at);
        const std::size_t length = number_at(header, at + 1);
        at += extension_head_bytes;
        if (length > header.size() - at) return false;
        if (type == crc32c_type) {
            if (length != crc32c_bytes) return false;
            const std::uint32_t claimed =
                std::uint32_t{number_at(header, at)} << 16U | number_at(header, at + 2);
            if (claimed != checksum(header, at)) return false;
        }
        at += length;
    }
    return true;
}

}  // namespace

std::size_t v2_size(std::string_view fixed_part) {
    return v2_fixed_bytes + number_at(fixed_part, length_at);
}

std::variant<Header, std::string_view> parse_v2(std::string_view bytes) {
    const unsigned command = byte_at(bytes, command_at);
    if (command == version2_local) return Own{};
    if (command != version2_proxy) return "unknown version or command";
    const unsigned family = byte_at(bytes, family_at);
    if (family == unspecified) return Own{};
    if (family != tcp_over_ipv4 && family != tcp_over_ipv6) return "not about TCP over IP";
    const std::size_t address_bytes = family == tcp_over_ipv4 ? ipv4_bytes : ipv6_bytes;
    auto relayed = addresses_in(bytes.substr(v2_fixed_bytes), address_bytes);
    if (!relayed) return "too short for its addresses";
    const std::size_t extensions = v2_fixed_bytes + 2 * address_bytes + ports_bytes;
    if (!extensions_are_sound(bytes, extensions)) return "damaged extensions";
    return std::move(*relayed);
}

}  // namespace sallyport::proxy
