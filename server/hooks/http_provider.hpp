#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "auth/authenticator.hpp"
#include "config/config.hpp"
#include "protocol/hook/answer.hpp"
#include "server/events/event.hpp"
#include "server/tls/client_context.hpp"

namespace sallyport::server::hooks {

/// Most questions that wait for an answer at once; more are refused as `overloaded`. Stops a hook
/// that stalls from holding ever more logins.
inline constexpr int max_questions = 64;

/// Users that an HTTP hook knows (docs/http-hook.md). What the hook does not answer in time, or not
/// as it should, is refused, with an event `auth.hook_failed` that says why. Nobody else waits for
/// a hook that stalls. Thread-safe.
class HttpProvider final : public auth::Authenticator {
  public:
    using Policies = std::map<std::string, std::shared_ptr<const auth::Policy>>;

    /// `context`: for https, null otherwise. `policies`: all that are configured. `sink` must
    /// outlive the provider.
    HttpProvider(std::shared_ptr<const config::HttpHook> hook,
                 std::shared_ptr<const tls::ClientContext> context, const Policies& policies,
                 events::Sink& sink);

    Async<auth::Verdict> authenticate(const auth::Attempt& attempt) override;
    Async<auth::KeyAnswer> judge_key(const auth::KeyOffer& offer) override;
    Async<auth::ExposureAnswer> judge_exposed(const auth::ExposedPassword& password) override;

  private:
    /// What the hook says, or why it cannot be asked.
    using Heard = std::variant<hook::Answer, auth::Refusal>;
    /// Whose login a question is about.
    struct Login {
        const std::string& session;
        const std::string& address;
        const std::string& user;
    };
    template <class Asked>
    static Login login_of(const Asked& asked) {
        return {asked.session, asked.address, asked.user};
    }
    Async<Heard> ask(Login login, std::optional<auth::Secret> question);
    Async<Heard> ask_now(const auth::Secret& question, std::string& problem);
    /// Who that is; `Refusal::failed` when a setting is not one, which is reported.
    [[nodiscard]] std::variant<auth::Principal, auth::Refusal> principal(
        const Login& login, const hook::Answer& answer) const;
    void report(const Login& login, const std::string& reason) const;

    const std::shared_ptr<const config::HttpHook> hook_;
    const std::shared_ptr<const tls::ClientContext> context_;
    Policies policies_;  ///< those that the hook may name
    events::Sink& sink_;
    std::atomic<int> questions_{0};
};

}  // namespace sallyport::server::hooks
