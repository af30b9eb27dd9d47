#include "server/ftps/data_channel.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "server/net/proxied.hpp"

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
/// How long nobody must have connected for a passive port to count as out of reach. Clients that
/// have changed their mind do so sooner.
constexpr auto unreached_after = std::chrono::seconds(5);
constexpr std::string_view unreached_hint =
    "nobody connected there: firewalls and NAT must let the listener's passive_ports through, and "
    "public_address must be the address that clients reach";

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
                         DataRules rules, DataPeer peer, std::shared_ptr<net::TransferRates> rates,
                         events::SessionEvents events, boost::asio::any_io_executor executor)
    : port_(std::move(port)),
      snapshot_(std::move(snapshot)),
      binding_(binding),
      rules_(rules),
      peer_(std::move(peer)),
      rates_(std::move(rates)),
      events_(std::move(events)),
      executor_(executor),
      changed_(executor),
      opened_at_(Clock::now()) {}

std::shared_ptr<DataChannel> DataChannel::start() {
    // The channel itself goes on for as long as it waits for a client.
    std::shared_ptr<DataChannel> owned(
        this, [self = shared_from_this()](DataChannel* channel) { channel->abort(); });
    boost::asio::co_spawn(
        executor_,
        [](std::shared_ptr<DataChannel> self) -> Async<void> {
            co_await self->establish();
        }(shared_from_this()),
        boost::asio::detached);
    return owned;
}

Async<void> DataChannel::establish() {
    try {
        co_await settle();
    } catch (const std::exception&) {
        // No memory, say: whoever waits learns that there is no connection.
        failure_ = DataFailure::broken;
    }
    handshaking_ = -1;  // may be somebody else's descriptor by now
    port_->close();
    established_ = true;
    changed_.notify();
}

Async<void> DataChannel::settle() {
    auto deadline = net::SteadyTime::max();
    for (auto admitted = Admitted::stranger; admitted != Admitted::settled;) {
        auto socket = co_await port_->take(deadline);
        if (aborted_ || !socket) break;
        admitted = co_await admit(std::move(*socket));
        if (admitted == Admitted::refused) deadline = Clock::now() + rightful_limit;
    }
}

Async<DataChannel::Admitted> DataChannel::admit(net::Tcp::socket socket) {
    reached_ = true;
    handshaking_ = socket.native_handle();
    const auto origin = port_->is_relayed(socket) ? co_await origin_of(socket) : Origin::client;
    if (origin == Origin::stranger) {
        handshaking_ = -1;
        co_return aborted_ ? Admitted::settled : Admitted::stranger;
    }
    // An address that says nothing leaves the TLS session to tell the rightful client.
    const bool must_resume = rules_.require_resumption || origin == Origin::unknown;
    auto stream = co_await shake_hands(std::move(socket));
    if (aborted_) co_return Admitted::settled;
    if (!stream) {
        failure_ = DataFailure::tls_failed;
        co_return must_resume ? Admitted::refused : Admitted::settled;
    }
    if (must_resume && !(*stream)->resumed()) {
        failure_ = DataFailure::not_resumed;
        co_await let_go(std::move(*stream));
        co_return Admitted::refused;
    }
    stream_ = std::move(*stream);
    cipher_ = to_string(stream_->info());
    co_return Admitted::settled;
}

Async<DataChannel::Origin> DataChannel::origin_of(net::Tcp::socket& socket) {
    co_await wait_for_first_byte(socket);
    if (!net::begins_proxy_header(socket)) co_return Origin::unknown;
    const auto read =
        co_await net::read_proxy_header(socket, Clock::now() + net::proxy_header_limit);
    std::string from = "a malformed PROXY header";
    if (const auto* header = std::get_if<proxy::Header>(&read)) {
        const auto* relayed = std::get_if<proxy::Relayed>(header);
        if (!relayed) co_return Origin::unknown;
        if (net::address_of(relayed->source) == peer_.client) co_return Origin::client;
        from = relayed->source;
    }
    events_.emit(events::Level::warning, "data.refused",
                 {{"reason", std::string("foreign address")}, {"from", from}});
    co_return Origin::stranger;
}

Async<void> DataChannel::wait_for_first_byte(net::Tcp::socket& socket) {
    // Clients that begin TLS after our 150 may take their time until then: `open` sets the limit.
    co_await net::wait_ready(socket, net::Tcp::socket::wait_read, net::SteadyTime::max());
}

Async<tls::Result<std::unique_ptr<tls::Stream>>> DataChannel::shake_hands(net::Tcp::socket socket) {
    if (waiting_since_ != net::SteadyTime::max()) waiting_since_ = Clock::now();
    changed_.notify();
    co_await wait_for_first_byte(socket);
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
    diagnose();
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
    tls::Stream::Filled filled;
    while (filled.count < into.size() && !filled.end) {
        const auto piece = co_await fill_piece(into.subspan(filled.count));
        filled.count += piece.count;
        filled.end = piece.end;
    }
    if (filled.end == tls::Error::truncated && rules_.allow_missing_close_notify) {
        events_.emit(events::Level::warning, "data.truncation_accepted");
        filled.end = tls::Error::closed;
    }
    co_return filled;
}

Async<tls::Stream::Filled> DataChannel::fill_piece(std::span<std::byte> into) {
    auto& rate = rates_->upload;
    if (Clock::now() < rate.ready()) co_await hold(rate);
    const auto piece = into.first(rate.piece(into.size()));
    const auto filled = co_await stream_->fill(piece, limits().data_stall, *pace_);
    rate.spend(filled.count, Clock::now());
    co_return filled;
}

Async<std::optional<DataFailure>> DataChannel::write(std::span<const std::byte> data) {
    auto& rate = rates_->download;
    while (!data.empty()) {
        if (Clock::now() < rate.ready()) co_await hold(rate);
        const auto piece = data.first(rate.piece(data.size()));
        auto written = co_await stream_->write(piece, limits().data_stall);
        if (!written) co_return failure(written.error());
        rate.spend(piece.size(), Clock::now());
        data = data.subspan(piece.size());
    }
    co_return std::nullopt;
}

Async<void> DataChannel::hold(const net::RateLimit& rate) {
    const auto began = Clock::now();
    while (!aborted_ && Clock::now() < rate.ready()) co_await changed_.wait_until(rate.ready());
    pace_->pause(Clock::now() - began);
}

Async<void> DataChannel::finish() {
    co_await let_go(std::move(stream_));
}

void DataChannel::diagnose() noexcept {
    if (std::exchange(reached_, true)) return;  // once is enough
    const auto withheld = peer_.diagnoses->due(Clock::now());
    if (!withheld) return;
    try {
        events_.emit(events::Level::warning, "passive.unreached",
                     {{"announced", peer_.announced},
                      {"hint", std::string(unreached_hint)},
                      {"withheld", *withheld}});
    } catch (...) {
        // Out of memory is worse than out of reach.
    }
}

void DataChannel::abort() noexcept {
    if (!aborted_ && Clock::now() - opened_at_ >= unreached_after) diagnose();
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
