#include "config/hook_url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "config/report.hpp"
#include "config/values.hpp"

namespace sallyport::config {
namespace {

/// Linux, unix(7): what fits into an address, with its end.
constexpr std::size_t max_socket_path_bytes = 108;

constexpr std::size_t max_host_bytes = 253;
constexpr std::size_t max_target_bytes = 1024;

Mistake no_url(std::string_view text) {
    return {quote(text) +
            " is not where a hook can be; write \"https://HOST/PATH\", \"unix:/PATH\" or, on this "
            "machine, \"http://127.0.0.1:PORT/PATH\""};
}

struct Parts {
    std::string host;
    std::optional<std::uint16_t> port;
    std::string target;
};

std::optional<std::uint16_t> port_in(std::string_view text) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    if (!whole || number == 0 || number > UINT16_MAX) return std::nullopt;
    return static_cast<std::uint16_t>(number);
}

bool is_address(int family, const std::string& text) {
    std::array<unsigned char, 16> ignored{};
    return ::inet_pton(family, text.c_str(), ignored.data()) == 1;
}

bool is_host_name(std::string_view text) {
    return !text.empty() && text.size() <= max_host_bytes && text.front() != '-' &&
           text.front() != '.' && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.';
           });
}

/// Visible ASCII without a fragment: it goes into the first line of the request as it is.
bool is_target(std::string_view text) {
    return text.size() <= max_target_bytes && std::all_of(text.begin(), text.end(), [](char c) {
               return c > ' ' && c < 0x7f && c != '#';
           });
}

/// "host[:port][/target]", with brackets around an IPv6 address.
std::optional<Parts> parts_of(std::string_view text) {
    Parts parts;
    const auto slash = std::min(text.find('/'), text.size());
    parts.target = slash == text.size() ? "/" : std::string(text.substr(slash));
    auto authority = text.substr(0, slash);
    if (authority.starts_with('[')) {
        const auto bracket = authority.find(']');
        if (bracket == std::string_view::npos) return std::nullopt;
        parts.host = authority.substr(1, bracket - 1);
        authority.remove_prefix(bracket + 1);
        if (!is_address(AF_INET6, parts.host)) return std::nullopt;
    } else {
        const auto colon = std::min(authority.find(':'), authority.size());
        parts.host = authority.substr(0, colon);
        authority.remove_prefix(colon);
        if (!is_host_name(parts.host)) return std::nullopt;
    }
    if (!authority.empty()) {
        if (authority.front() != ':') return std::nullopt;
        parts.port = port_in(authority.substr(1));
        if (!parts.port) return std::nullopt;
    }
    if (!is_target(parts.target)) return std::nullopt;
    return parts;
}

bool is_loopback(const std::string& host) {
    return host == "::1" || (host.starts_with("127.") && is_address(AF_INET, host));
}

Parsed<HookUrl> parse_socket(std::string_view text, std::string_view path) {
    if (!path.starts_with('/') || path.size() >= max_socket_path_bytes) {
        return Mistake{quote(text) +
                       " names no socket; write an absolute path of at most 107 bytes, such as "
                       "\"unix:/run/hook.sock\""};
    }
    return HookUrl(SocketUrl{std::filesystem::path(path)});
}

}  // namespace

Parsed<HookUrl> parse_hook_url(std::string_view text) {
    constexpr std::string_view https = "https://";
    constexpr std::string_view http = "http://";
    constexpr std::string_view socket = "unix:";
    if (text.starts_with(socket)) return parse_socket(text, text.substr(socket.size()));
    const bool on_this_machine = text.starts_with(http);
    if (!on_this_machine && !text.starts_with(https)) return no_url(text);
    auto parts = parts_of(text.substr(on_this_machine ? http.size() : https.size()));
    if (!parts) return no_url(text);
    if (!on_this_machine) {
        return HookUrl(HttpsUrl{std::move(parts->host), parts->port.value_or(HttpsUrl().port),
                                std::move(parts->target)});
    }
    if (!is_loopback(parts->host)) {
        return Mistake{quote(text) +
                       " would carry passwords over a network in clear; write \"https://\", or the "
                       "address of this machine itself, such as \"http://127.0.0.1:8000/\""};
    }
    return HookUrl(LoopbackUrl{std::move(parts->host), parts->port.value_or(LoopbackUrl().port),
                               std::move(parts->target)});
}

}  // namespace sallyport::config
