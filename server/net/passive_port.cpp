#include "server/net/passive_port.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>

#include "server/net/admission.hpp"

namespace sallyport::net {
namespace asio = boost::asio;
namespace {

/// Connections waiting to be looked at: strangers are turned away at once, so few suffice.
constexpr int backlog = 16;

bool listen_on(Tcp::acceptor& acceptor, const Tcp::endpoint& endpoint) {
    boost::system::error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(backlog, error);
    if (error) acceptor.close();
    return !error;
}

/// A port that an attacker cannot guess (RFC 2577 section 8).
unsigned random_below(unsigned bound) {
    std::random_device source;
    return std::uniform_int_distribution<unsigned>(0, bound - 1)(source);
}

}  // namespace

PassivePort::PassivePort(Tcp::acceptor acceptor, asio::ip::address peer, OnStranger on_stranger)
    : acceptor_(std::move(acceptor)),
      port_(acceptor_.local_endpoint().port()),
      peer_(std::move(peer)),
      on_stranger_(std::move(on_stranger)),
      arrived_(acceptor_.get_executor()) {}

std::shared_ptr<PassivePort> PassivePort::open(asio::any_io_executor executor,
                                               const asio::ip::address& local,
                                               const config::PortRange& range,
                                               const asio::ip::address& peer,
                                               OnStranger on_stranger) {
    const unsigned count = range.last - range.first + 1U;
    const unsigned start = random_below(count);
    for (unsigned i = 0; i < count; ++i) {
        const auto port = static_cast<std::uint16_t>(range.first + (start + i) % count);
        Tcp::acceptor acceptor(executor);
        if (!listen_on(acceptor, {local, port})) continue;
        std::shared_ptr<PassivePort> made(
            new PassivePort(std::move(acceptor), canonical(peer), std::move(on_stranger)));
        asio::co_spawn(
            executor, [](std::shared_ptr<PassivePort> self) { return self->accept_peer(); }(made),
            asio::detached);
        return made;
    }
    return nullptr;
}

Async<void> PassivePort::accept_peer() {
    const auto self = shared_from_this();
    while (!closed_) {
        auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
        if (closed_) break;
        if (error == asio::error::connection_aborted) continue;
        if (error) break;
        boost::system::error_code gone;
        const auto remote = canonical(socket.remote_endpoint(gone).address());
        if (gone) continue;
        if (remote == peer_) {
            accepted_ = std::move(socket);
            break;
        }
        on_stranger_(remote);
    }
    acceptor_.close();
    arrived_.notify();
}

Async<std::optional<Tcp::socket>> PassivePort::take(SteadyTime deadline) {
    const auto self = shared_from_this();
    if (!accepted_ && acceptor_.is_open()) co_await arrived_.wait_until(deadline);
    auto taken = std::exchange(accepted_, std::nullopt);
    close();
    co_return taken;
}

void PassivePort::close() noexcept {
    closed_ = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    accepted_.reset();
    arrived_.notify();
}

}  // namespace sallyport::net
