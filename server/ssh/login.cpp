#include "server/ssh/login.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/net/admission.hpp"
#include "server/ssh/limits.hpp"
#include "server/ssh/pipelined_volume.hpp"
#include "server/ssh/request.hpp"
#include "server/user_volume.hpp"

namespace sallyport::server::ssh {
namespace {

using events::Level;
using Clock = std::chrono::steady_clock;

constexpr int methods =
    SSH_AUTH_METHOD_PUBLICKEY | SSH_AUTH_METHOD_PASSWORD | SSH_AUTH_METHOD_INTERACTIVE;
constexpr std::string_view user_authentication = "ssh-userauth";

Async<void> sleep_until(boost::asio::any_io_executor executor, net::SteadyTime when) {
    boost::asio::steady_timer timer(executor, when);
    co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

}  // namespace

Login::Login(Connection& connection, Transport& transport)
    : connection_(connection),
      transport_(transport),
      address_(net::canonical(connection.socket.remote_endpoint().address()).to_string()) {}

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
    switch (ssh_message_subtype(request)) {
        case SSH_AUTH_METHOD_PASSWORD:
            co_return co_await answer_password(request, request::password(request), "password");
        case SSH_AUTH_METHOD_INTERACTIVE:
            co_return co_await answer_interactive(request);
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

Async<void> Login::answer_interactive(ssh_message request) {
    if (ssh_message_auth_kbdint_is_response(request) == 0) {
        request::ask_password(request);
        co_return;
    }
    auto password = request::prompted_password(transport_.session());
    if (!password) co_return fail(request);
    co_await answer_password(request, std::move(*password), "keyboard-interactive");
}

Async<void> Login::answer_password(ssh_message request, auth::Secret password,
                                   std::string_view method) {
    const auto started = Clock::now();
    const auth::Attempt attempt{*user_, std::move(password), address_, "sftp"};
    const auto verdict = co_await connection_.snapshot->authenticator->authenticate(attempt);
    if (const auto* principal = std::get_if<auth::Principal>(&verdict)) {
        co_return co_await admit(request, *principal, method, {});
    }
    const auto* refusal = std::get_if<auth::Refusal>(&verdict);
    report_failure(method, describe(refusal ? *refusal : auth::Refusal::unknown_user));
    // All failures take equally long, whatever work was behind them.
    co_await sleep_until(connection_.socket.get_executor(),
                         started + connection_.snapshot->config->limits.failed_login_delay);
    if (++failed_passwords_ >= max_failed_passwords) co_return end("too many failed logins");
    fail(request);
}

Async<void> Login::answer_public_key(ssh_message request) {
    auto key = request::key(request);
    if (!key) co_return fail(request);
    if (!request::is_signed(request)) co_return co_await answer_offer(request, std::move(*key));
    const auto fingerprint = key->fingerprint();
    const auth::Attempt attempt{*user_, std::move(*key), address_, "sftp"};
    const auto verdict = co_await connection_.snapshot->authenticator->authenticate(attempt);
    if (const auto* principal = std::get_if<auth::Principal>(&verdict)) {
        co_return co_await admit(request, *principal, "publickey", fingerprint);
    }
    const auto* refusal = std::get_if<auth::Refusal>(&verdict);
    report_failure("publickey", describe(refusal ? *refusal : auth::Refusal::unknown_user),
                   fingerprint);
    fail(request);
}

Async<void> Login::answer_offer(ssh_message request, auth::PublicKey key) {
    const auth::KeyOffer offer{*user_, std::move(key), address_};
    const bool welcome = co_await connection_.snapshot->authenticator->accepts_key(offer);
    if (!welcome) co_return fail(request);
    ssh_message_auth_reply_pk_ok_simple(request);
}

Async<void> Login::admit(ssh_message request, const auth::Principal& principal,
                         std::string_view method, std::string key) {
    const events::CipherName cipher = [&transport = transport_] { return transport.cipher(); };
    const Layer layer =
        [executor = connection_.socket.get_executor()](std::shared_ptr<storage::Volume> inner) {
            return pipelined(std::move(inner), executor);
        };
    auto volume = co_await open_user_volume(connection_, principal, cipher, layer);
    if (!volume) co_return end("no storage");
    connection_.events.set_user(principal.user);
    events::Fields fields{{"method", std::string(method)}};
    if (!key.empty()) fields.push_back({"key", std::move(key)});
    connection_.events.emit(Level::info, "auth.ok", std::move(fields));
    transport_.lift_byte_limit();
    ssh_message_auth_reply_success(request, 0);
    done_ = Done{principal, std::move(volume)};
}

void Login::report_failure(std::string_view method, std::string_view reason, std::string key) {
    events::Fields fields{{"method", std::string(method)},
                          {"user", user_->substr(0, auth::max_user_bytes)},
                          {"reason", std::string(reason)}};
    if (!key.empty()) fields.push_back({"key", std::move(key)});
    connection_.events.emit(Level::warning, "auth.fail", std::move(fields));
}

void Login::refuse(ssh_message request) {
    ssh_message_auth_set_methods(request, methods);
    ssh_message_reply_default(request);
}

void Login::fail(ssh_message request) {
    if (++failures_ >= max_failed_tries) return end("too many failed logins");
    refuse(request);
}

void Login::end(std::string_view reason) {
    end_reason_ = reason;
}

}  // namespace sallyport::server::ssh
