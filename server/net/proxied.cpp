#include "server/net/proxied.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "server/net/admission.hpp"

namespace sallyport::net {
namespace {

using State = proxy::HeaderParser::State;

/// Bytes looked at in one go: most headers are shorter.
constexpr std::size_t look_bytes = 512;

}  // namespace

bool is_trusted(const std::vector<auth::AddressPrefix>& proxies,
                const boost::asio::ip::address& address) {
    const auto text = canonical(address).to_string();
    return std::ranges::any_of(proxies, [&](const auto& range) { return range.contains(text); });
}

boost::asio::ip::address address_of(const std::string& text) {
    // What the parser lets through is an address.
    return canonical(boost::asio::ip::make_address(text));
}

Async<std::variant<proxy::Header, std::string_view>> read_proxy_header(Tcp::socket& socket,
                                                                       SteadyTime deadline) {
    using Result = std::variant<proxy::Header, std::string_view>;
    const int descriptor = socket.native_handle();
    proxy::HeaderParser parser;
    std::array<std::byte, look_bytes> bytes;
    while (parser.state() == State::more) {
        const auto ready = co_await wait_ready(socket, Tcp::socket::wait_read, deadline);
        if (ready != Ready::ready) co_return Result(std::string_view("no PROXY header in time"));
        // Looked at first: what follows the header is for TLS or SSH to read from the socket.
        const auto there = ::recv(descriptor, bytes.data(), bytes.size(), MSG_PEEK | MSG_DONTWAIT);
        if (there < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (there <= 0) co_return Result(std::string_view("closed before a PROXY header"));
        const auto count = parser.feed({bytes.data(), static_cast<std::size_t>(there)});
        if (::recv(descriptor, bytes.data(), count, MSG_DONTWAIT) != static_cast<ssize_t>(count)) {
            co_return Result(std::string_view("closed before a PROXY header"));
        }
    }
    if (parser.state() == State::malformed) co_return Result(parser.problem());
    co_return Result(parser.header());
}

bool begins_proxy_header(Tcp::socket& socket) {
    std::byte first{};
    const auto there = ::recv(socket.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    proxy::HeaderParser parser;
    return there == 1 && (parser.feed({&first, 1}), parser.state() == State::more);
}

}  // namespace sallyport::net
