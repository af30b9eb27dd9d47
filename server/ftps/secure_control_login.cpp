// The part of SecureControl that finds out who the client is.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/entry.hpp"
#include "server/ftps/secure_control.hpp"
#include "server/user_volume.hpp"

namespace sallyport::server::ftps {
namespace {

using events::Level;

Async<void> sleep_until(boost::asio::any_io_executor executor, net::SteadyTime when) {
    boost::asio::steady_timer timer(executor, when);
    co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

}  // namespace

Async<void> SecureControl::perform(ftp::Login login) {
    const auto started = std::chrono::steady_clock::now();
    drop_passive();
    principal_.reset();
    place_.reset();
    volume_.reset();
    connection_.set_user({});
    const auth::Attempt attempt = attempt_of(std::move(login));
    const auto judged_by = connection_.current();
    const auto verdict = co_await judged_by->authenticator->authenticate(attempt);
    const auto* principal = std::get_if<auth::Principal>(&verdict);
    if (!principal) co_return co_await refuse_login(attempt, verdict, started);
    co_await let_in(*principal, *judged_by);
}

Async<void> SecureControl::let_in(const auth::Principal& principal, const Snapshot& judged_by) {
    auto place = take_place(connection_, principal);
    if (!place) {
        co_return co_await give_up("Too many sessions of this user; end another one first.",
                                   "too many sessions of this user");
    }
    place_.emplace(std::move(*place));
    const bool admitted = co_await admit(principal);
    if (!admitted) {
        co_return co_await give_up("Storage is not available now.", "no storage");
    }
    // A reload that came meanwhile has not seen who this is.
    const auto now = connection_.current();
    if (has_lost_access(principal.user, *judged_by.config, *now->config)) dismiss();
    connection_.newcomer->logged_in();
    connection_.set_user(principal_->user);
    report_login();
    co_await send(session_.logged_in());
}

void SecureControl::report_login() const {
    events::Fields fields{{"method", str(principal_->shown)}};
    if (principal_->shown.contains(auth::Method::certificate)) {
        fields.push_back({"certificate", "sha256:" + certificate_->fingerprint});
    }
    if (!principal_->hint.empty()) fields.push_back({"hint", std::string(principal_->hint)});
    connection_.events.emit(Level::info, "auth.ok", std::move(fields));
}

auth::Attempt SecureControl::attempt_of(ftp::Login login) const {
    auth::Attempt attempt;
    attempt.user = std::move(login.user);
    attempt.address = connection_.ends.client.to_string();
    attempt.protocol = "ftps";
    attempt.session = connection_.events.session();
    attempt.proofs.certificate = certificate_;
    if (!login.by_certificate) attempt.proofs.password = std::move(login.password);
    attempt.proofs.code_follows_password = true;
    return attempt;
}

Async<bool> SecureControl::admit(const auth::Principal& principal) {
    volume_ = co_await open_user_volume(connection_, principal, [this] {
        return data_ ? data_->cipher() : to_string(stream_->info());
    });
    if (!volume_) co_return false;
    principal_ = principal;
    file_events_.emplace(connection_.events, principal.policy);
    rates_ =
        std::make_shared<net::TransferRates>(*principal.policy, std::chrono::steady_clock::now());
    co_return true;
}

Async<void> SecureControl::refuse_login(const auth::Attempt& attempt, const auth::Verdict& verdict,
                                        net::SteadyTime started) {
    if (!attempt.is_try()) co_return co_await send(session_.password_needed());
    connection_.events.emit(Level::warning, "auth.fail",
                            {{"method", str(methods_of(attempt.proofs))},
                             {"user", attempt.user.substr(0, auth::max_user_bytes)},
                             {"reason", reason_of(verdict)}});
    connection_.newcomer->failed(verdict);
    // All failures take equally long, whatever work was behind them.
    co_await sleep_until(stream_->executor(),
                         started + connection_.snapshot->config->limits.failed_login_delay);
    co_await answer(session_.login_failed());
}

}  // namespace sallyport::server::ftps
