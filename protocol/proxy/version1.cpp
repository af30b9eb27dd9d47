#include "protocol/proxy/version1.hpp"

#include <algorithm>
#include <charconv>

#include "auth/address_prefix.hpp"

namespace sallyport::proxy {
namespace {

/// Cuts the text up to the next space off `rest`; without a space, all of it.
std::string_view next_word(std::string_view& rest) {
    const auto space = std::min(rest.find(' '), rest.size());
    const auto word = rest.substr(0, space);
    rest.remove_prefix(std::min(space + 1, rest.size()));
    return word;
}

std::optional<std::string> address_in(std::string_view word, std::string_view family) {
    const bool is_v6 = word.find(':') != std::string_view::npos;
    std::string address(word);
    if (is_v6 != (family == "TCP6") || !auth::is_address(address)) return std::nullopt;
    return address;
}

std::optional<std::uint16_t> port_in(std::string_view word) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), port);
    const bool padded = word.size() > 1 && word.front() == '0';
    if (error != std::errc() || end != word.data() + word.size() || padded) return std::nullopt;
    return port;
}

}  // namespace

std::optional<Header> parse_v1(std::string_view line) {
    if (!line.starts_with(v1_start)) return std::nullopt;
    auto rest = line.substr(v1_start.size());
    const bool ends_in_space = rest.ends_with(' ');
    const auto family = next_word(rest);
    if (family == "UNKNOWN") return Own{};
    if (family != "TCP4" && family != "TCP6") return std::nullopt;
    auto source = address_in(next_word(rest), family);
    auto destination = address_in(next_word(rest), family);
    const auto source_port = port_in(next_word(rest));
    const auto destination_port = port_in(next_word(rest));
    if (!source || !destination || !source_port || !destination_port) return std::nullopt;
    if (!rest.empty() || ends_in_space) return std::nullopt;
    return Relayed{std::move(*source), std::move(*destination), *source_port, *destination_port};
}

}  // namespace sallyport::proxy
