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

Async<std::optional<DataFailure>> DataChannel::open() {
    auto deadline = Clock::now() + limits().data_accept;
    DataFailure why = DataFailure::no_connection;
    for (;;) {
        auto socket = co_await port_->take(deadline);
        if (aborted_) co_return DataFailure::aborted;
        if (!socket) break;
        auto stream = co_await shake_hands(std::move(*socket));
        if (aborted_) co_return DataFailure::aborted;
        if (!stream) {
            why = DataFailure::tls_failed;
            if (!rules_.require_resumption) break;
        } else if (rules_.require_resumption && !(*stream)->resumed()) {
            why = DataFailure::not_resumed;
            co_await let_go(std::move(*stream));
        } else {
            stream_ = std::move(*stream);
            pace_.emplace(limits().min_upload_rate, Clock::now());
            port_->close();
            co_return std::nullopt;
        }
        deadline = std::min(deadline, Clock::now() + rightful_limit);
    }
    port_->close();
    co_return refuse(why);
}

Async<DataChannel::Accepted> DataChannel::shake_hands(net::Tcp::socket socket) {
    handshaking_ = socket.native_handle();
    auto stream = co_await tls::Stream::accept(std::move(socket), snapshot_->tls, binding_,
                                               tls::Purpose::data, limits().handshake);
    handshaking_ = -1;
    co_return stream;
}

std::optional<DataFailure> DataChannel::refuse(DataFailure why) {
    events_.emit(events::Level::warning, "data.refused", {{"reason", std::string(describe(why))}});
    return why;
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
    port_->close();
    if (handshaking_ >= 0) ::shutdown(handshaking_, SHUT_RDWR);
    if (stream_) stream_->abort();
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
            return DataFailure::broken;
    }
    __builtin_unreachable();
}

std::string DataChannel::cipher() const {
    if (!stream_) return {};
    const auto info = stream_->info();
    return info.version + " " + info.cipher;
}

}  // namespace sallyport::server::ftps
