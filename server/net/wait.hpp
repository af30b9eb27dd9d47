#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "storage/async.hpp"

namespace sallyport::net {

using Tcp = boost::asio::ip::tcp;
using SteadyTime = std::chrono::steady_clock::time_point;

enum class Ready {
    ready,      ///< the socket can make progress
    timed_out,  ///< `deadline` passed first
    cancelled,  ///< the socket was shut down or cancelled
};

/// Waits until the socket is readable or writable, but not beyond `deadline`. The socket must live
/// until the wait ends. There are instances for TCP and Unix sockets.
template <class Socket>
Async<Ready> wait_ready(Socket& socket, boost::asio::socket_base::wait_type what,
                        SteadyTime deadline);

/// Reads and throws away until the peer closes, but not beyond `deadline`.
Async<void> discard_until_closed(Tcp::socket& socket, SteadyTime deadline);

/// From now on so many timers can wait at once without the event loop taking memory for them; see
/// server/asio_memory.cpp for why.
void make_room_for_timers(boost::asio::io_context& loop, std::size_t timers);

/// A condition that one coroutine waits for and others on the same thread signal. A signal without
/// a waiter is remembered once.
class Event {
  public:
    explicit Event(boost::asio::any_io_executor executor) : timer_(std::move(executor)) {}

    void notify();
    /// True when notified, false when `deadline` passed.
    Async<bool> wait_until(SteadyTime deadline);

  private:
    boost::asio::steady_timer timer_;
    bool notified_ = false;
};

}  // namespace sallyport::net
