// The part of SecureControl that opens passive ports and runs transfers.

#include <fmt/format.h>

#include "server/ftps/secure_control.hpp"
#include "server/net/listener.hpp"
#include "server/net/wait.hpp"

namespace sallyport::server::ftps {
namespace {

using events::Level;
namespace ip = boost::asio::ip;
using Clock = std::chrono::steady_clock;

/// Between a request for a passive port and its answer. curl looks for the answer as soon as it has
/// sent the request; when it is there already, as on a quiet machine without a network between, it
/// sleeps a second before it connects.
constexpr auto answer_pause = std::chrono::microseconds(200);

std::array<std::uint8_t, 4> announced_address(const config::Listener& listener,
                                              const ip::address& reached) {
    if (!listener.public_address.empty())
        return ip::make_address_v4(listener.public_address).to_bytes();
    return reached.is_v4() ? reached.to_v4().to_bytes() : std::array<std::uint8_t, 4>{};
}

}  // namespace

std::shared_ptr<net::PassivePort> SecureControl::open_port(const DataRules& rules) {
    const auto on_stranger = [events = connection_.events](const ip::address& stranger) {
        events.emit(Level::warning, "data.refused",
                    {{"reason", std::string("foreign address")}, {"from", stranger.to_string()}});
    };
    const auto& listener = connection_.listener;
    // Where it takes more than an address to tell the rightful connection from others, those must
    // not use the port up.
    const bool told_later = rules.require_resumption || !listener.proxy_protocol.empty();
    const auto accepts =
        told_later ? net::PassivePort::Accepts::several : net::PassivePort::Accepts::one;
    return net::PassivePort::open(stream_->executor(), local_, listener.passive_ports,
                                  {connection_.ends.client, listener.proxy_protocol}, on_stranger,
                                  accepts);
}

Async<void> SecureControl::perform(ftp::OpenPassive request) {
    const auto& listener = connection_.listener;
    const auto rules = data_rules();
    // The new port differs from the one before, to which somebody may still be connecting, unless
    // the range has no other.
    auto port = open_port(rules);
    drop_passive();
    if (!port) port = open_port(rules);
    if (!port) {
        connection_.events.emit(Level::error, "passive.exhausted");
        co_return co_await send(session_.passive_failed());
    }
    const auto announced = announced_address(listener, connection_.ends.reached);
    DataPeer peer{connection_.ends.client,
                  net::to_string({request.extended ? connection_.ends.reached.to_string()
                                                   : ip::address_v4(announced).to_string(),
                                  port->port()}),
                  connection_.diagnoses};
    const auto channel = std::make_shared<DataChannel>(std::move(port), connection_.snapshot,
                                                       binding_, rules, std::move(peer), rates_,
                                                       connection_.events, stream_->executor());
    passive_ = channel->start();
    // The data connection may use up the ticket that the client holds, so the next one comes along.
    stream_->renew_ticket();
    co_await net::Event(stream_->executor()).wait_until(Clock::now() + answer_pause);
    co_await send(session_.passive_opened(request, announced, passive_->port()));
}

Async<void> SecureControl::perform(ftp::Transfer request) {
    session_.passive_closed();
    auto channel = std::exchange(passive_, nullptr);
    auto prepared = co_await prepare(std::move(request), *volume_, *file_events_);
    if (auto* refusal = std::get_if<ftp::Reply>(&prepared)) {
        channel->abort();
        co_return co_await send(std::move(*refusal));
    }
    transfer_ = std::move(std::get<std::unique_ptr<Transfer>>(prepared));
    data_ = std::move(channel);
    if (pending_aborts_ != 0) data_->abort();
    co_await send(transfer_->opening());
    transferring_.start(transfer_->run(*data_), [this] {
        transfer_ended_ = true;
        changed_.notify();
    });
}

Async<void> SecureControl::finish_transfer() {
    transfer_ended_ = false;
    auto reply = co_await transferring_.wait();
    transfer_.reset();
    data_.reset();
    touch();
    co_await send(std::move(reply));
}

void SecureControl::drop_passive() {
    if (passive_) passive_->abort();
    passive_.reset();
    session_.passive_closed();
}

void SecureControl::abort_transfer() {
    if (data_) data_->abort();
}

DataRules SecureControl::data_rules() const {
    const auto& transport = principal_->policy->transport;
    const bool listener_wants = connection_.listener.data_session == config::DataSession::resume;
    return {transport.require_resumption.value_or(listener_wants),
            transport.allow_missing_close_notify};
}

}  // namespace sallyport::server::ftps
