#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "auth/authenticator.hpp"

namespace sallyport::auth {

/// Around a login; empty texts are not looked at.
struct Circumstances {
    std::string address;   ///< as in `Attempt`
    std::string protocol;  ///< as in `Attempt`
    std::chrono::system_clock::time_point now;
};

/// Why somebody who is who they say is not let in.
struct LoginDenial {
    Refusal reason;
    std::string rule;  ///< which one decided, such as "policy.partners.hours"
};

/// Nothing when `principal` may log in like this: is enabled, has not expired, and the policy's
/// `LoginRules` are met, in this order. Thread-safe.
[[nodiscard]] std::optional<LoginDenial> login_denial(const Principal& principal,
                                                      const Circumstances& circumstances);

/// Which rule forbids this principal, who is in already, to begin another transfer at `now`:
/// expiry, or the policy's hours. Nothing when none does. Thread-safe.
[[nodiscard]] std::optional<std::string> lapse(const Principal& principal,
                                               std::chrono::system_clock::time_point now);

/// The one place, for all doors and providers, that decides whether somebody who has proved who
/// they are may come in. It decides after `inner` has done all its work, and its refusals travel
/// the same way, so that clients cannot tell them from a wrong password. Thread-safe.
class LoginGate final : public Authenticator {
  public:
    using Clock = std::function<std::chrono::system_clock::time_point()>;

    LoginGate(std::shared_ptr<Authenticator> inner, Clock clock);
    Async<Verdict> authenticate(const Attempt& attempt) override;
    Async<KeyAnswer> judge_key(const KeyOffer& offer) override;
    Async<ExposureAnswer> judge_exposed(const ExposedPassword& password) override;

  private:
    std::shared_ptr<Authenticator> inner_;
    Clock clock_;
};

}  // namespace sallyport::auth
