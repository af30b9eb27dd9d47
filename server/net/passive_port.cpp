#include "server/net/passive_port.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>

#include "server/net/admission.hpp"
#include "server/net/proxied.hpp"

namespace sallyport::net {
namespace asio = boost::asio;
namespace {

/// Connections waiting to be looked at: strangers are turned away at once, so few suffice.
constexpr int backlog = 16;
/// Connections from the peer's address that may wait for their handshake.
constexpr std::size_t max_waiting = 4;
/// Ports tried before giving up: a used-up range must not hold up the event loop.
constexpr unsigned max_tries = 1024;

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

PassivePort::PassivePort(Tcp::acceptor acceptor, Expected expected, OnStranger on_stranger,
                         Accepts accepts)
    : acceptor_(std::move(acceptor)),
      port_(acceptor_.local_endpoint().port()),
      expected_(std::move(expected)),
      on_stranger_(std::move(on_stranger)),
      accepts_(accepts),
      arrived_(acceptor_.get_executor()) {}

std::shared_ptr<PassivePort> PassivePort::open(asio::any_io_executor executor,
                                               const asio::ip::address& local,
                                               const config::PortRange& range, Expected expected,
                                               OnStranger on_stranger, Accepts accepts) {
    expected.peer = canonical(expected.peer);
    const unsigned count = range.last - range.first + 1U;
    const unsigned start = random_below(count);
    for (unsigned i = 0; i < std::min(count, max_tries); ++i) {
        const auto port = static_cast<std::uint16_t>(range.first + (start + i) % count);
        Tcp::acceptor acceptor(executor);
        if (!listen_on(acceptor, {local, port})) continue;
        std::shared_ptr<PassivePort> made(new PassivePort(std::move(acceptor), std::move(expected),
                                                          std::move(on_stranger), accepts));
        // What accepts on it goes on for as long as it is open.
        const std::shared_ptr<PassivePort> owned(made.get(),
                                                 [made](PassivePort* it) { it->close(); });
        asio::co_spawn(
            executor,
            [](std::shared_ptr<PassivePort> self) -> Async<void> {
                co_await self->accept_peer();
            }(made),
            asio::detached);
        return owned;
    }
    return nullptr;
}

Async<void> PassivePort::accept_peer() {
    for (bool done = false; !done && !closed_;) {
        auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
        if (closed_) break;
        if (error == asio::error::connection_aborted) continue;
        if (error) break;
        done = take_in(std::move(socket));
    }
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    arrived_.notify();
}

bool PassivePort::take_in(Tcp::socket socket) {
    boost::system::error_code gone;
    const auto remote = canonical(socket.remote_endpoint(gone).address());
    if (gone) return false;
    if (remote != expected_.peer && !is_trusted(expected_.proxies, remote)) {
        on_stranger_(remote);
        return false;
    }
    if (accepted_.size() < max_waiting) accepted_.push_back(std::move(socket));
    arrived_.notify();
    return accepts_ == Accepts::one;
}

bool PassivePort::is_relayed(const Tcp::socket& socket) const {
    boost::system::error_code gone;
    const auto remote = socket.remote_endpoint(gone).address();
    return !gone && is_trusted(expected_.proxies, remote);
}

Async<std::optional<Tcp::socket>> PassivePort::take(SteadyTime deadline) {
    const auto self = shared_from_this();
    while (accepted_.empty() && acceptor_.is_open()) {
        const bool notified = co_await arrived_.wait_until(deadline);
        if (!notified) break;
    }
    if (accepted_.empty()) {
        close();
        co_return std::nullopt;
    }
    auto taken = std::move(accepted_.front());
    accepted_.pop_front();
    co_return taken;
}

void PassivePort::close() noexcept {
    closed_ = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    accepted_.clear();
    arrived_.notify();
}

}  // namespace sallyport::net
