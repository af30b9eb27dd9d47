#include "server/ssh/login.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/entry.hpp"
#include "server/ssh/limits.hpp"
#include "server/ssh/pipelined_volume.hpp"
#include "server/ssh/request.hpp"
#include "server/user_volume.hpp"

namespace sallyport::server::ssh {
namespace {

using events::Level;
using Clock = std::chrono::steady_clock;

/// What anybody may begin with, whoever they say they are.
constexpr int first_methods =
    SSH_AUTH_METHOD_PUBLICKEY | SSH_AUTH_METHOD_PASSWORD | SSH_AUTH_METHOD_INTERACTIVE;
constexpr std::string_view user_authentication = "ssh-userauth";

Async<void> sleep_until(boost::asio::any_io_executor executor, net::SteadyTime when) {
    boost::asio::steady_timer timer(executor, when);
    co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

/// What to prompt for, so that as little as possible is left to be shown after it; nothing when no
/// prompt brings the login nearer.
std::optional<auth::Method> next_prompt(const auth::Combinations& rest) {
    using auth::Method;
    if (suffices(rest, {Method::totp})) return Method::totp;
    const auto methods = all_of(rest);
    if (methods.contains(Method::password)) return Method::password;
    if (methods.contains(Method::totp)) return Method::totp;
    return std::nullopt;
}

/// The combinations that can be completed here: SSH knows no client certificates.
auth::Combinations possible(auth::Combinations rest) {
    std::erase_if(
        rest, [](auth::Methods methods) { return methods.contains(auth::Method::certificate); });
    return rest;
}

/// How events name what was shown.
std::string label_of(auth::Methods methods, bool prompted) {
    if (prompted && methods == auth::Methods{auth::Method::password}) return "keyboard-interactive";
    return str(methods);
}

}  // namespace

Login::Login(Connection& connection, Transport& transport)
    : connection_(connection),
      transport_(transport),
      address_(connection.ends.client.to_string()) {}

Async<std::optional<Login::Done>> Login::run() {
    while (!done_ && end_reason_.empty()) {
        const auto request = co_await transport_.next_message(connection_.login_deadline);
        if (!request) {
            end(transport_.flooded() ? "too much before the login"
                : transport_.ended() ? "closed by the client"
                                     : "timed out");
        } else if (++messages_ > max_login_messages) {
            end("too many login requests");
        } else {
            co_await answer(request.get());
        }
    }
    co_return std::move(done_);
}

Async<void> Login::answer(ssh_message request) {
    switch (ssh_message_type(request)) {
        case SSH_REQUEST_SERVICE:
            if (ssh_message_service_service(request) == user_authentication) {
                ssh_message_service_reply_success(request);
            } else {
                end("unknown service");
            }
            break;
        case SSH_REQUEST_AUTH:
            co_await answer_authentication(request);
            break;
        default:
            ssh_message_reply_default(request);
    }
}

Async<void> Login::answer_authentication(ssh_message request) {
    if (!names_same_user(request)) co_return end("user name changed");
    const bool is_answer = ssh_message_auth_kbdint_is_response(request) != 0;
    if (!is_answer) asked_for_.reset();
    auth::Proofs proofs;
    switch (ssh_message_subtype(request)) {
        case SSH_AUTH_METHOD_PASSWORD:
            proofs.password = request::password(request);
            co_return co_await answer_proofs(request, std::move(proofs), false);
        case SSH_AUTH_METHOD_INTERACTIVE:
            if (is_answer) co_return co_await answer_interactive(request);
            co_return ask(request);
        case SSH_AUTH_METHOD_PUBLICKEY:
            co_return co_await answer_public_key(request);
        default:
            refuse(request);
    }
}

bool Login::names_same_user(ssh_message request) {
    // The answer to a prompt names nobody.
    if (ssh_message_auth_kbdint_is_response(request) != 0) return user_.has_value();
    auto user = request::user(request);
    if (!user_) user_ = std::move(user);
    return user_ == request::user(request);
}

void Login::ask(ssh_message request) {
    const auto what = rest_.empty() ? auth::Method::password : next_prompt(rest_);
    if (!what) return count_failure(request);
    asked_for_ = what;
    request::ask(request,
                 *what == auth::Method::totp ? request::Prompt::code : request::Prompt::password);
}

Async<void> Login::answer_interactive(ssh_message request) {
    const auto asked_for = std::exchange(asked_for_, std::nullopt);
    auto answer = request::answer(transport_.session());
    if (!asked_for || !answer) co_return count_failure(request);
    auth::Proofs proofs;
    (*asked_for == auth::Method::totp ? proofs.code : proofs.password) = std::move(answer);
    co_await answer_proofs(request, std::move(proofs), true);
}

Async<void> Login::answer_public_key(ssh_message request) {
    auto key = request::key(request);
    if (!key) co_return count_failure(request);
    if (!request::is_signed(request)) co_return co_await answer_offer(request, std::move(*key));
    auth::Proofs proofs;
    proofs.key = std::move(key);
    co_await answer_proofs(request, std::move(proofs), false);
}

Async<void> Login::answer_offer(ssh_message request, auth::PublicKey key) {
    const auto& session = connection_.events.session();
    const auth::KeyOffer offer{*user_, std::move(key), address_, "sftp", progress_, session};
    const bool welcome = co_await authenticator().accepts_key(offer);
    connection_.newcomer->tried();
    if (!welcome) co_return count_failure(request);
    ssh_message_auth_reply_pk_ok_simple(request);
}

auth::Authenticator& Login::authenticator() {
    if (progress_.shown.empty()) judged_by_ = connection_.current();
    return *judged_by_->authenticator;
}

Async<void> Login::answer_proofs(ssh_message request, auth::Proofs proofs, bool prompted) {
    const auto started = Clock::now();
    const auto key = proofs.key ? proofs.key->fingerprint() : std::string();
    const auto& session = connection_.events.session();
    const auth::Attempt attempt{*user_, std::move(proofs), address_, "sftp", progress_, session};
    const auto verdict = co_await authenticator().authenticate(attempt);
    const auto* principal = std::get_if<auth::Principal>(&verdict);
    const auto* partial = std::get_if<auth::Partial>(&verdict);
    const bool leads_on = partial && !possible(partial->rest).empty();
    if (!key.empty() && (principal || leads_on)) key_ = key;
    if (principal) co_return co_await admit(request, *principal, prompted);
    if (leads_on) co_return go_on(request, *partial, prompted);
    const auto tried = methods_of(attempt.proofs);
    report_failure(progress_.shown | tried, prompted, reason_of(verdict), key);
    connection_.newcomer->failed(verdict);
    co_await fail(request, !tried.contains(auth::Method::publickey), started);
}

void Login::go_on(ssh_message request, const auth::Partial& partial, bool prompted) {
    progress_ = partial.progress;
    rest_ = possible(partial.rest);
    connection_.events.emit(Level::info, "auth.partial",
                            {{"method", label_of(progress_.shown, prompted)},
                             {"user", *user_},
                             {"missing", str(all_of(rest_))}});
    // Within one keyboard-interactive login the next question follows at once.
    if (prompted && next_prompt(rest_)) return ask(request);
    ssh_message_auth_set_methods(request, methods());
    ssh_message_auth_reply_success(request, 1);
}

Async<void> Login::admit(ssh_message request, const auth::Principal& principal, bool prompted) {
    auto place = take_place(connection_, principal);
    if (!place) co_return end("too many sessions of this user");
    const events::CipherName cipher = [&transport = transport_] { return transport.cipher(); };
    const Layer layer =
        [executor = connection_.socket.get_executor()](std::shared_ptr<storage::Volume> inner) {
            return pipelined(std::move(inner), executor);
        };
    auto volume = co_await open_user_volume(connection_, principal, cipher, layer);
    if (!volume) co_return end("no storage");
    // A reload that came meanwhile has not seen who this is.
    const auto now = connection_.current();
    const bool gone = has_lost_access(principal.user, *judged_by_->config, *now->config);
    if (gone) co_return end("user removed");
    connection_.set_user(principal.user);
    events::Fields fields{{"method", label_of(principal.shown, prompted)}};
    if (!key_.empty()) fields.push_back({"key", key_});
    if (!principal.hint.empty()) fields.push_back({"hint", std::string(principal.hint)});
    connection_.events.emit(Level::info, "auth.ok", std::move(fields));
    connection_.newcomer->logged_in();
    transport_.lift_byte_limit();
    ssh_message_auth_reply_success(request, 0);
    done_.emplace(Done{principal, std::move(volume), std::move(*place)});
}

Async<void> Login::fail(ssh_message request, bool was_guess, net::SteadyTime started) {
    if (!was_guess) co_return count_failure(request);
    // All failures take equally long, whatever work was behind them.
    co_await sleep_until(connection_.socket.get_executor(),
                         started + connection_.snapshot->config->limits.failed_login_delay);
    if (++failed_guesses_ >= max_failed_guesses) co_return end("too many failed logins");
    count_failure(request);
}

void Login::report_failure(auth::Methods methods, bool prompted, std::string reason,
                           std::string key) {
    events::Fields fields{{"method", label_of(methods, prompted)},
                          {"user", user_->substr(0, auth::max_user_bytes)},
                          {"reason", std::move(reason)}};
    if (!key.empty()) fields.push_back({"key", std::move(key)});
    connection_.events.emit(Level::warning, "auth.fail", std::move(fields));
}

int Login::methods() const {
    if (rest_.empty()) return first_methods;
    int found = 0;
    const auto left = all_of(rest_);
    if (left.contains(auth::Method::publickey)) found |= SSH_AUTH_METHOD_PUBLICKEY;
    if (left.contains(auth::Method::password)) found |= SSH_AUTH_METHOD_PASSWORD;
    if (next_prompt(rest_)) found |= SSH_AUTH_METHOD_INTERACTIVE;
    return found;
}

void Login::refuse(ssh_message request) {
    ssh_message_auth_set_methods(request, methods());
    ssh_message_reply_default(request);
}

void Login::count_failure(ssh_message request) {
    if (++failures_ >= max_failed_tries) return end("too many failed logins");
    refuse(request);
}

void Login::end(std::string_view reason) {
    end_reason_ = reason;
}

}  // namespace sallyport::server::ssh
