#include "server/admin/local_host.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <string>

namespace sallyport::server::admin {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// `host` without ":1234".
std::string_view without_port(std::string_view host) {
    const auto colon = host.rfind(':');
    if (colon == host.npos) return host;
    const auto port = host.substr(colon + 1);
    return !port.empty() && std::ranges::all_of(port, is_digit) ? host.substr(0, colon) : host;
}

bool is_localhost(std::string_view name) {
    constexpr std::string_view localhost = "localhost";
    return std::ranges::equal(name, localhost, [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
}

}  // namespace

bool is_local_host(std::string_view host) {
    if (host == "[::1]" || host.starts_with("[::1]:")) return without_port(host) == "[::1]";
    const auto name = without_port(host);
    if (is_localhost(name)) return true;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address_v4(std::string(name), error);
    return !error && address.is_loopback();
}

}  // namespace sallyport::server::admin
