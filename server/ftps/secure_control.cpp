#include "server/ftps/secure_control.hpp"

#include <boost/asio/co_spawn.hpp>
#include <chrono>

#include "protocol/ftp/verb_table.hpp"
#include "server/net/admission.hpp"

namespace sallyport::server::ftps {
namespace {

using Clock = std::chrono::steady_clock;

/// Longest time a client may leave a reply unread. Stops sessions held open by a closed window.
constexpr auto reply_stall = std::chrono::seconds(30);
constexpr auto close_limit = std::chrono::seconds(2);

ftp::SessionOptions session_options(const Connection& connection, bool ipv6, bool certificate) {
    return {connection.snapshot->config->server.name, ipv6,
            [] { return std::chrono::system_clock::now(); }, certificate};
}

const ftp::VerbRow* row_of(const ftp::Decoded& line) {
    const auto* command = std::get_if<ftp::Command>(&line);
    return command ? ftp::find_verb(command->verb) : nullptr;
}

bool aborts_transfer(const ftp::Decoded& line) {
    const auto* row = row_of(line);
    return row && row->in_transfer == ftp::InTransfer::aborts;
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
      certificate_(stream_->certificate()),
      session_(
          session_options(connection, connection.ends.reached.is_v6(), certificate_.has_value())),
      changed_(stream_->executor()),
      inbox_(*stream_, changed_, [this](const ftp::Decoded& line) { on_line(line); }),
      transferring_(stream_->executor()) {}

Async<void> SecureControl::run(bool greet) {
    const SessionRegistry::Entry registered(*connection_.registry, *this);
    net::Background<bool> reading(stream_->executor());
    // Made before: once reading has begun, nothing may throw until it is waited for.
    auto served = reading.join_after(serve(greet));
    reading.start([](Inbox& inbox) -> Async<bool> {
        co_await inbox.run();
        co_return true;
    }(inbox_));
    const auto failure = co_await std::move(served);
    connection_.events.close(end_reason_);
    if (failure) std::rethrow_exception(failure);
    co_await reading.wait();  // throws what reading ended by
}

Async<std::exception_ptr> SecureControl::serve(bool greet) {
    std::exception_ptr failure;
    try {
        if (greet) co_await send(session_.greeting());
        while (end_reason_.empty()) co_await step();
    } catch (...) {
        failure = std::current_exception();
        end("failed");
    }
    drop_passive();
    abort_transfer();
    try {
        if (data_) co_await transferring_.wait();
        co_await stream_->finish(close_limit);
        co_await stream_->drain(close_limit);
    } catch (...) {
        failure = std::current_exception();
    }
    inbox_.close();
    stream_->abort();
    co_return failure;
}

Async<void> SecureControl::step() {
    if (transfer_ended_) co_return co_await finish_transfer();
    if (inbox_.ended()) abort_transfer();
    // Looked at before each command, so that a client that keeps talking is not spared.
    if (Clock::now() >= deadline())
        co_return co_await give_up("Nothing useful was said for too long.", "timed out");
    if (front_may_run()) co_return co_await run_front();
    if (!data_ && inbox_.ended()) co_return end("closed by the client");
    if (!data_ && dismissed_) co_return co_await give_up("This account is closed.", "user removed");
    if (!data_ && draining_)
        co_return co_await give_up("Server is stopping.", "server is stopping");
    co_await changed_.wait_until(deadline());
}

Async<void> SecureControl::run_front() {
    touch();
    const bool was_logged_in = session_.is_logged_in();
    auto line = inbox_.pop();
    if (aborts_transfer(line)) --pending_aborts_;
    auto outcome = session_.handle(line);
    if (passive_ && !session_.passive_wanted()) drop_passive();
    if (was_logged_in && !session_.is_logged_in()) {
        login_deadline_ = last_activity_ + connection_.snapshot->config->limits.login_grace;
    }
    co_await answer(std::move(outcome));
    touch();
}

void SecureControl::touch() {
    last_activity_ = Clock::now();
    connection_.live->touch();
}

Async<void> SecureControl::give_up(std::string_view text, std::string_view reason) {
    co_await send(ftp::reply(421, std::string(text)));
    end(reason);
}

void SecureControl::on_line(const ftp::Decoded& line) {
    // ABOR acts when it arrives and is answered in its turn.
    if (!aborts_transfer(line)) return;
    ++pending_aborts_;
    abort_transfer();
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

std::string_view SecureControl::user() const {
    return principal_ ? std::string_view(principal_->user) : std::string_view();
}

void SecureControl::dismiss() {
    dismissed_ = true;
    drain();
}

void SecureControl::abort() {
    end("server stopped");
    abort_transfer();
    stream_->abort();
    changed_.notify();
}

}  // namespace sallyport::server::ftps
