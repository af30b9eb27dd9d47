#include "auth/login_gate.hpp"

#include <algorithm>
#include <utility>

namespace sallyport::auth {
namespace {

bool is_from_allowed_address(const LoginRules& rules, const std::string& address) {
    return rules.from.empty() || address.empty() ||
           std::any_of(
               rules.from.begin(), rules.from.end(),
               [&address](const AddressPrefix& prefix) { return prefix.contains(address); });
}

bool is_allowed_protocol(const LoginRules& rules, const std::string& protocol) {
    return rules.protocols.empty() || protocol.empty() ||
           std::find(rules.protocols.begin(), rules.protocols.end(), protocol) !=
               rules.protocols.end();
}

bool has_expired(const Principal& principal, std::chrono::system_clock::time_point now) {
    // In days: a date that means "never", such as 9999-12-31, is too far away for nanoseconds.
    return principal.expires && std::chrono::floor<std::chrono::days>(now) >= *principal.expires;
}

bool is_outside_hours(const LoginRules& rules, std::chrono::system_clock::time_point now) {
    return rules.hours && !rules.hours->contains(now);
}

/// Who is let in, or will be when more is shown; null: nobody.
const Principal* principal_in(const Verdict& verdict) {
    if (const auto* const partial = std::get_if<Partial>(&verdict)) return &partial->candidate;
    return std::get_if<Principal>(&verdict);
}

/// How a key of the user's table is named in events.
std::string account_rule(const Principal& principal, std::string_view key) {
    return "user." + principal.user + "." + std::string(key);
}

}  // namespace

std::optional<LoginDenial> login_denial(const Principal& principal,
                                        const Circumstances& circumstances) {
    const Policy& policy = *principal.policy;
    const LoginRules& rules = policy.login;
    const auto by_policy = [&policy](Refusal reason, PolicyKey key) {
        return LoginDenial{reason, policy.name_of_rule(key)};
    };
    if (!principal.enabled) {
        return LoginDenial{Refusal::disabled, account_rule(principal, "enabled")};
    }
    if (has_expired(principal, circumstances.now)) {
        return LoginDenial{Refusal::expired, account_rule(principal, "expires")};
    }
    if (!is_allowed_protocol(rules, circumstances.protocol)) {
        return by_policy(Refusal::wrong_protocol, PolicyKey::protocols);
    }
    if (!is_from_allowed_address(rules, circumstances.address)) {
        return by_policy(Refusal::wrong_address, PolicyKey::from);
    }
    if (is_outside_hours(rules, circumstances.now)) {
        return by_policy(Refusal::outside_hours, PolicyKey::hours);
    }
    return std::nullopt;
}

std::optional<std::string> lapse(const Principal& principal,
                                 std::chrono::system_clock::time_point now) {
    if (has_expired(principal, now)) return account_rule(principal, "expires");
    if (is_outside_hours(principal.policy->login, now)) {
        return principal.policy->name_of_rule(PolicyKey::hours);
    }
    return std::nullopt;
}

LoginGate::LoginGate(std::shared_ptr<Authenticator> inner, Clock clock)
    : inner_(std::move(inner)), clock_(std::move(clock)) {}

Async<Verdict> LoginGate::authenticate(const Attempt& attempt) {
    Verdict verdict = co_await inner_->authenticate(attempt);
    const Principal* const principal = principal_in(verdict);
    if (principal == nullptr) co_return verdict;
    const auto denial = login_denial(*principal, {attempt.address, attempt.protocol, clock_()});
    if (denial) co_return denial->reason;
    co_return verdict;
}

Async<KeyAnswer> LoginGate::judge_key(const KeyOffer& offer) {
    KeyAnswer answer = co_await inner_->judge_key(offer);
    const auto* const candidate = std::get_if<Candidate>(&answer);
    if (candidate == nullptr) co_return answer;
    const auto denial =
        login_denial(candidate->principal, {offer.address, offer.protocol, clock_()});
    if (denial) co_return denial->reason;
    co_return answer;
}

Async<ExposureAnswer> LoginGate::judge_exposed(const ExposedPassword& password) {
    return inner_->judge_exposed(password);
}

}  // namespace sallyport::auth
