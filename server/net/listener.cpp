#include "server/net/listener.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/net/port_owner.hpp"

namespace sallyport::net {
namespace asio = boost::asio;
namespace {

constexpr int backlog = 1024;
/// Pause after an accept that failed for want of descriptors or memory: no busy loop until some are
/// free.
constexpr auto shortage_pause = std::chrono::milliseconds(100);
/// Connections turned away between two pauses.
constexpr std::size_t turned_away_at_once = 64;

bool is_without_descriptors(const boost::system::error_code& error) {
    return error == asio::error::no_descriptors ||
           error == boost::system::errc::too_many_files_open_in_system;
}

std::string failure(const config::Endpoint& endpoint, const boost::system::error_code& error) {
    auto text = fmt::format("cannot listen on {}: {}", to_string(endpoint), error.message());
    if (error != asio::error::address_in_use) return text;
    const auto owner = port_owner(endpoint.port);
    return owner.empty() ? text : fmt::format("{} by {}", text, owner);
}

}  // namespace

std::string to_string(const config::Endpoint& endpoint) {
    const bool ipv6 = endpoint.address.find(':') != std::string::npos;
    return fmt::format("{}{}{}:{}", ipv6 ? "[" : "", endpoint.address, ipv6 ? "]" : "",
                       endpoint.port);
}

std::variant<std::unique_ptr<Listener>, std::string> Listener::open(
    asio::any_io_executor executor, const config::Endpoint& endpoint) {
    boost::system::error_code error;
    const Tcp::endpoint wanted(asio::ip::make_address(endpoint.address, error), endpoint.port);
    Tcp::acceptor acceptor(std::move(executor));
    if (!error) acceptor.open(wanted.protocol(), error);
    if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(wanted, error);
    if (!error) acceptor.listen(backlog, error);
    if (error) return failure(endpoint, error);
    return std::unique_ptr<Listener>(new Listener(std::move(acceptor)));
}

std::variant<std::unique_ptr<Listener>, std::string> Listener::adopt(asio::any_io_executor executor,
                                                                     int descriptor) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    boost::system::error_code error;
    Tcp::acceptor acceptor(std::move(executor));
    const bool known = ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    acceptor.assign(known && address.ss_family == AF_INET6 ? Tcp::v6() : Tcp::v4(), descriptor,
                    error);
    if (!error) return std::unique_ptr<Listener>(new Listener(std::move(acceptor)));
    ::close(descriptor);
    return fmt::format("cannot take over a listening socket: {}", error.message());
}

config::Endpoint Listener::bound() const {
    const auto endpoint = acceptor_.local_endpoint();
    return {endpoint.address().to_string(), endpoint.port()};
}

Async<void> Listener::run(ChooseContext choose, OnConnection on_connection,
                          OnShortage on_shortage) {
    asio::steady_timer pause(acceptor_.get_executor());
    while (acceptor_.is_open()) {
        auto [error, socket] =
            co_await acceptor_.async_accept(choose(), asio::as_tuple(asio::use_awaitable));
        if (!error) {
            on_connection(std::move(socket));
        } else if (error != asio::error::connection_aborted && acceptor_.is_open()) {
            if (is_without_descriptors(error)) {
                on_shortage(reserve_.turn_away(acceptor_.native_handle(), turned_away_at_once));
            }
            pause.expires_after(shortage_pause);
            co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }
}

void Listener::close() noexcept {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
}

}  // namespace sallyport::net
