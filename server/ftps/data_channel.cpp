#include "server/ftps/data_channel.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace sallyport::server::ftps {
namespace {

using ftp::DataFailure;
using Clock = std::chrono::steady_clock;

/// How long a finished connection may take to close before it is dropped.
constexpr auto drain_limit = std::chrono::seconds(5);

Async<void> drain(std::unique_ptr<tls::Stream> stream) {
    co_await stream->drain(drain_limit);
}

}  // namespace

Async<std::optional<DataFailure>> DataChannel::open() {
    auto socket = co_await port_->take(Clock::now() + limits().data_accept);
    if (aborted_) co_return DataFailure::aborted;
    if (!socket) co_return refuse(DataFailure::no_connection);
    auto stream = co_await tls::Stream::accept(std::move(*socket), snapshot_->tls, binding_,
                                               tls::Purpose::data, limits().handshake);
    if (aborted_) co_return DataFailure::aborted;
    if (!stream) co_return refuse(DataFailure::tls_failed);
    if (rules_.require_resumption && !(*stream)->resumed())
        co_return refuse(DataFailure::not_resumed);
    stream_ = std::move(*stream);
    co_return std::nullopt;
}

std::optional<DataFailure> DataChannel::refuse(DataFailure why) {
    events_.emit(events::Level::warning, "data.refused", {{"reason", std::string(describe(why))}});
    return why;
}

Async<tls::Stream::Filled> DataChannel::fill(std::span<std::byte> into) {
    auto filled = co_await stream_->fill(into, limits().data_stall);
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
    co_await stream_->finish(limits().data_stall);
    auto executor = stream_->executor();
    boost::asio::co_spawn(executor, drain(std::move(stream_)), boost::asio::detached);
}

void DataChannel::abort() noexcept {
    aborted_ = true;
    port_->close();
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
