#include "server/net/wait.hpp"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <vector>

namespace sallyport::net {
namespace asio = boost::asio;
namespace {

/// Outlives the wait, because the timer's handler may still be queued when the wait is over.
struct Watch {
    explicit Watch(const asio::any_io_executor& executor) : timer(executor) {}

    asio::steady_timer timer;
    asio::cancellation_signal cancel;
    bool over = false;
    bool expired = false;
};

}  // namespace

template <class Socket>
Async<Ready> wait_ready(Socket& socket, asio::socket_base::wait_type what, SteadyTime deadline) {
    auto watch = std::make_shared<Watch>(socket.get_executor());
    watch->timer.expires_at(deadline);
    watch->timer.async_wait([watch](boost::system::error_code error) {
        if (error || watch->over) return;
        watch->expired = true;
        watch->cancel.emit(asio::cancellation_type::terminal);
    });
    auto [error] = co_await socket.async_wait(
        what,
        asio::bind_cancellation_slot(watch->cancel.slot(), asio::as_tuple(asio::use_awaitable)));
    watch->over = true;
    watch->timer.cancel();
    if (!error) co_return Ready::ready;
    co_return watch->expired ? Ready::timed_out : Ready::cancelled;
}

template Async<Ready> wait_ready(Tcp::socket&, asio::socket_base::wait_type, SteadyTime);
template Async<Ready> wait_ready(asio::local::stream_protocol::socket&,
                                 asio::socket_base::wait_type, SteadyTime);

Async<void> discard_until_closed(Tcp::socket& socket, SteadyTime deadline) {
    char discarded[4096];
    // Each read waits its turn at the event loop: a peer that never ends must not hold up others.
    while (std::chrono::steady_clock::now() < deadline) {
        const auto ready = co_await wait_ready(socket, Tcp::socket::wait_read, deadline);
        if (ready != Ready::ready) co_return;
        const auto count =
            ::recv(socket.native_handle(), discarded, sizeof discarded, MSG_DONTWAIT);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) co_return;
    }
}

void make_room_for_timers(asio::io_context& loop, std::size_t timers) {
    std::vector<asio::steady_timer> waiting;
    waiting.reserve(timers);
    while (waiting.size() < timers) {
        waiting.emplace_back(loop, SteadyTime::max()).async_wait([](boost::system::error_code) {});
    }
}

void Event::notify() {
    notified_ = true;
    timer_.cancel();
}

Async<bool> Event::wait_until(SteadyTime deadline) {
    if (!notified_) {
        timer_.expires_at(deadline);
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_return std::exchange(notified_, false);
}

}  // namespace sallyport::net
