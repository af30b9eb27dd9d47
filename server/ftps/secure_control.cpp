#include "server/ftps/secure_control.hpp"

#include <boost/asio/co_spawn.hpp>
#include <chrono>

#include "protocol/ftp/verb_table.hpp"
#include "server/net/admission.hpp"

namespace sallyport::server::ftps {
namespace {

using Clock = std::chrono::steady_clock;
using events::Level;

/// Longest time a client may leave a reply unread. Stops sessions held open by a closed window.
constexpr auto reply_stall = std::chrono::seconds(30);
constexpr auto close_limit = std::chrono::seconds(2);

ftp::SessionOptions session_options(const Connection& connection, bool ipv6) {
    return {connection.snapshot->config->server.name, ipv6,
            [] { return std::chrono::system_clock::now(); }};
}

const ftp::VerbRow* row_of(const ftp::Decoded& line) {
    const auto* command = std::get_if<ftp::Command>(&line);
    return command ? ftp::find_verb(command->verb) : nullptr;
}

}  // namespace

SecureControl::SecureControl(Connection& connection, std::unique_ptr<tls::Stream> stream,
                             tls::SessionBinding binding, net::SteadyTime login_deadline)
    : connection_(connection),
      stream_(std::move(stream)),
      binding_(binding),
      login_deadline_(login_deadline),
      last_activity_(Clock::now()),
      local_(net::canonical(stream_->local_address())),
      peer_(net::canonical(stream_->peer_address())),
      session_(session_options(connection, local_.is_v6())),
      changed_(stream_->executor()),
      inbox_(*stream_, changed_, [this](const ftp::Decoded& line) { on_line(line); }),
      transferring_(stream_->executor()) {}

Async<void> SecureControl::run(bool greet) {
    const SessionRegistry::Entry registered(*connection_.registry, *this);
    net::Background<bool> reading(stream_->executor());
    reading.start([](Inbox& inbox) -> Async<bool> {
        co_await inbox.run();
        co_return true;
    }(inbox_));
    std::exception_ptr error;
    try {
        if (greet) co_await send(session_.greeting());
        co_await serve_commands();
    } catch (...) {
        error = std::current_exception();
    }
    co_await stop_everything();
    co_await reading.wait();
    connection_.events.emit(Level::info, "session.close", {{"reason", std::string(end_reason_)}});
    if (error) std::rethrow_exception(error);
}

Async<void> SecureControl::serve_commands() {
    while (end_reason_.empty()) co_await step();
}

Async<void> SecureControl::step() {
    if (transfer_ended_) co_return co_await finish_transfer();
    if (inbox_.ended() && data_) abort_transfer();
    if (front_may_run()) {
        last_activity_ = Clock::now();
        co_await answer(session_.handle(inbox_.pop()));
        last_activity_ = Clock::now();
        co_return;
    }
    if (inbox_.ended() && !data_) co_return end("closed by the client");
    if (draining_ && !data_)
        co_return co_await perform(ftp::Close{ftp::reply(421, "Server is stopping."), "drained"});
    co_await wait_for_work();
}

Async<void> SecureControl::wait_for_work() {
    const bool notified = co_await changed_.wait_until(deadline());
    if (notified || data_) co_return;
    if (Clock::now() < deadline()) co_return;
    co_await perform(ftp::Close{ftp::reply(421, "Nothing was said for too long."), "timed out"});
}

bool SecureControl::front_may_run() const {
    const auto* line = inbox_.front();
    if (!line) return false;
    if (!data_) return !draining_;
    const auto* row = row_of(*line);
    return row && row->in_transfer == ftp::InTransfer::at_once &&
           std::get<ftp::Command>(*line).argument.empty();
}

net::SteadyTime SecureControl::deadline() const {
    if (data_) return net::SteadyTime::max();
    const auto idle = last_activity_ + connection_.snapshot->config->limits.idle;
    return session_.is_logged_in() ? idle : std::min(idle, login_deadline_);
}

Async<void> SecureControl::stop_everything() {
    if (passive_) passive_->close();
    if (data_) {
        abort_transfer();
        co_await transferring_.wait();
    }
    inbox_.close();
    co_await stream_->finish(close_limit);
    co_await stream_->drain(close_limit);
    stream_->abort();
}

Async<void> SecureControl::answer(ftp::Outcome outcome) {
    co_await std::visit([this](auto&& request) { return perform(std::move(request)); },
                        std::move(outcome));
}

Async<void> SecureControl::perform(ftp::Reply reply) {
    co_await send(std::move(reply));
}

Async<void> SecureControl::perform(ftp::Close close) {
    co_await send(std::move(close.reply));
    end(close.reason);
}

Async<void> SecureControl::perform(ftp::Drop drop) {
    end(drop.reason);
    stream_->abort();
    co_return;
}

Async<void> SecureControl::perform(ftp::FileTask task) {
    auto reply = co_await task.run(*volume_);
    co_await send(std::move(reply));
}

Async<void> SecureControl::send(ftp::Reply reply) {
    const auto text = reply.wire();
    const auto sent = co_await stream_->write(std::as_bytes(std::span(text)), reply_stall);
    if (!sent) end(describe(sent.error()));
}

void SecureControl::end(std::string_view reason) {
    if (end_reason_.empty()) end_reason_ = reason;
}

void SecureControl::drain() {
    draining_ = true;
    changed_.notify();
}

void SecureControl::abort() {
    end("server stopped");
    abort_transfer();
    stream_->abort();
    changed_.notify();
}

}  // namespace sallyport::server::ftps
