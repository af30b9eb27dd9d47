#include "auth/address_prefix.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>

namespace sallyport::auth {
namespace {

using Bytes = std::array<unsigned char, 16>;

constexpr std::size_t v4_from = 12;  ///< where an IPv4 address begins in the IPv6 form
constexpr unsigned v4_bits = 32;
constexpr unsigned all_bits = 128;

/// The address in its IPv6 form.
std::optional<Bytes> bytes_of(const std::string& address) {
    Bytes bytes{};
    if (address.find('\0') != std::string::npos) return std::nullopt;
    if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return bytes;
    if (::inet_pton(AF_INET, address.c_str(), bytes.data() + v4_from) != 1) return std::nullopt;
    bytes[10] = bytes[11] = 0xff;
    return bytes;
}

/// The first `bits` bits; the others are zero.
Bytes masked(Bytes bytes, unsigned bits) {
    for (unsigned i = bits; i < all_bits; ++i) {
        bytes[i / 8] = static_cast<unsigned char>(bytes[i / 8] & ~(0x80U >> (i % 8)));
    }
    return bytes;
}

bool is_v4(const Bytes& bytes) {
    return bytes[10] == 0xff && bytes[11] == 0xff &&
           std::all_of(bytes.begin(), bytes.begin() + 10, [](unsigned char b) { return b == 0; });
}

std::optional<unsigned> length_in(std::string_view text, unsigned greatest) {
    unsigned length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    if (!whole || length > greatest) return std::nullopt;
    return length;
}

}  // namespace

void throw_exception_from_error(const PrefixProblem& problem, const boost::source_location&) {
    throw std::runtime_error("no address prefix: " + problem.sentence);
}

boost::system::result<AddressPrefix, PrefixProblem> AddressPrefix::parse(std::string_view text) {
    const auto slash = std::min(text.find('/'), text.size());
    const std::string address(text.substr(0, slash));
    const auto bytes = bytes_of(address);
    if (!bytes) {
        return PrefixProblem{
            "write an IP address, with or without a length, such as \"198.51.100.0/24\" or "
            "\"2001:db8::/32\""};
    }
    const unsigned own_bits = address.find(':') == std::string::npos ? v4_bits : all_bits;
    unsigned length = own_bits;
    if (slash < text.size()) {
        const auto written = length_in(text.substr(slash + 1), own_bits);
        if (!written) {
            return PrefixProblem{"the length is a number from 0 to " + std::to_string(own_bits)};
        }
        length = *written;
    }
    AddressPrefix prefix;
    prefix.bits_ = all_bits - own_bits + length;
    prefix.bytes_ = masked(*bytes, prefix.bits_);
    if (prefix.bytes_ == *bytes) return prefix;
    std::array<char, INET6_ADDRSTRLEN> first{};
    const bool is_short = own_bits == v4_bits;
    ::inet_ntop(is_short ? AF_INET : AF_INET6, prefix.bytes_.data() + (is_short ? v4_from : 0),
                first.data(), first.size());
    return PrefixProblem{"it has bits behind its length; the whole range is \"" +
                         std::string(first.data()) + "/" + std::to_string(length) + "\""};
}

bool AddressPrefix::contains(const std::string& address) const {
    const auto bytes = bytes_of(address.substr(0, address.find('%')));
    if (!bytes || masked(*bytes, bits_) != bytes_) return false;
    // A range of IPv6 such as ::/0 does not mean IPv4, which only looks like a part of it here.
    return bits_ >= all_bits - v4_bits || !is_v4(*bytes);
}

bool is_address(const std::string& text) {
    return bytes_of(text).has_value();
}

}  // namespace sallyport::auth
