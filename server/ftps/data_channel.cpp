#include "server/ftps/data_channel.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace sallyport::server::ftps {
namespace {

using ftp::DataFailure;
using Clock = std::chrono::steady_clock;

/// How long a finished connection may take to close before it is dropped.
constexpr auto drain_limit = std::chrono::seconds(2);
/// How long a client may leave our close_notify unread.
constexpr auto close_limit = std::chrono::seconds(5);
/// After a connection that resumed no session, for the rightful one to come as well.
constexpr auto rightful_limit = std::chrono::seconds(1);

Async<void> drain(std::unique_ptr<tls::Stream> stream) {
    co_await stream->drain(drain_limit);
}

/// Ends a connection in good order: close_notify now, and what still comes is thrown away beside
/// the session, so that a client still sending reads our reply rather than a reset.
Async<void> let_go(std::unique_ptr<tls::Stream> stream) {
    co_await stream->finish(close_limit);
    auto executor = stream->executor();
    boost::asio::co_spawn(executor, drain(std::move(stream)), boost::asio::detached);
}

}  // namespace

DataChannel::DataChannel(std::shared_ptr<net::PassivePort> port,
                         std::shared_ptr<const Snapshot> snapshot, tls::SessionBinding binding,
                         DataRules rules, events::SessionEvents events,
                         boost::asio::any_io_executor executor)
    : port_(std::move(port)),
      snapshot_(std::move(snapshot)),
      binding_(binding),
      rules_(rules),
      events_(std::move(events)),
      executor_(executor),
      changed_(executor) {}

void DataChannel::start() {
    boost::asio::co_spawn(
        executor_,
        [](std::shared_ptr<DataChannel> self) -> Async<void> {
            co_await self->establish();
        }(shared_from_this()),
        boost::asio::detached);
}

Async<void> DataChannel::establish() {
    auto deadline = net::SteadyTime::max();
    for (bool done = false; !done;) {
        auto socket = co_await port_->take(deadline);
        if (aborted_ || !socket) break;
        done = co_await admit(std::move(*socket));
        deadline = Clock::now() + rightful_limit;
    }
    port_->close();
    established_ = true;
    changed_.notify();
}

Async<bool> DataChannel::admit(net::Tcp::socket socket) {
    auto stream = co_await shake_hands(std::move(socket));
    if (aborted_) co_return true;
    if (!stream) {
        failure_ = DataFailure::tls_failed;
        co_return !rules_.require_resumption;
    }
    if (rules_.require_resumption && !(*stream)->resumed()) {
        failure_ = DataFailure::not_resumed;
        co_await let_go(std::move(*stream));
        co_return false;
    }
    stream_ = std::move(*stream);
    cipher_ = to_string(stream_->info());
    co_return true;
}

Async<tls::Result<std::unique_ptr<tls::Stream>>> DataChannel::shake_hands(net::Tcp::socket socket) {
    handshaking_ = socket.native_handle();
    if (waiting_since_ != net::SteadyTime::max()) waiting_since_ = Clock::now();
    changed_.notify();
    // Clients that begin TLS after our 150 may take their time until then: `open` sets the limit.
    co_await net::wait_ready(socket, net::Tcp::socket::wait_read, net::SteadyTime::max());
    auto stream = co_await tls::Stream::accept(std::move(socket), snapshot_->tls, binding_,
                                               tls::Purpose::data, limits().handshake);
    handshaking_ = -1;
    co_return stream;
}

Async<std::optional<DataFailure>> DataChannel::open() {
    waiting_since_ = Clock::now();
    while (!established_) {
        const bool notified = co_await changed_.wait_until(deadline());
        if (notified || Clock::now() < deadline()) continue;
        if (handshaking_ >= 0) failure_ = DataFailure::tls_failed;
        stop_waiting();
        break;
    }
    if (aborted_) co_return DataFailure::aborted;
    if (stream_) {
        pace_.emplace(limits().min_upload_rate, Clock::now());
        co_return std::nullopt;
    }
    events_.emit(events::Level::warning, "data.refused",
                 {{"reason", std::string(describe(failure_))}});
    co_return failure_;
}

net::SteadyTime DataChannel::deadline() const {
    return waiting_since_ + (handshaking_ >= 0 ? limits().handshake : limits().data_accept);
}

void DataChannel::stop_waiting() noexcept {
    port_->close();
    if (handshaking_ >= 0) ::shutdown(handshaking_, SHUT_RDWR);
}

Async<tls::Stream::Filled> DataChannel::fill(std::span<std::byte> into) {
    auto filled = co_await stream_->fill(into, limits().data_stall, *pace_);
    if (filled.end == tls::Error::truncated && rules_.allow_missing_close_notify) {
        events_.emit(events::Level::warning, "data.truncation_accepted");
        filled.end = tls::Error::closed;
    }
    co_return filled;
}

Async<std::optional<DataFailure>> DataChannel::write(std::span<const std::byte> data) {
    auto written = co_await stream_->write(data, limits().data_stall);
    if (!written) co_return failure(written.error());
    co_return std::nullopt;
}

Async<void> DataChannel::finish() {
    co_await let_go(std::move(stream_));
}

void DataChannel::abort() noexcept {
    aborted_ = true;
    stop_waiting();
    if (stream_) stream_->abort();
    changed_.notify();
}

DataFailure DataChannel::failure(tls::Error error) const {
    if (aborted_) return DataFailure::aborted;
    switch (error) {
        case tls::Error::closed:
            return DataFailure::broken;
        case tls::Error::truncated:
            return DataFailure::truncated;
        case tls::Error::timed_out:
            return DataFailure::stalled;
        case tls::Error::broken:
        case tls::Error::bad_certificate:
            return DataFailure::broken;
    }
    __builtin_unreachable();
}

}  // namespace sallyport::server::ftps
