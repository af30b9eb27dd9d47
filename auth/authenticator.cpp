#include "auth/authenticator.hpp"

#include <algorithm>

namespace sallyport::auth {
namespace {

bool is_user_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '@' || c == '+';
}

}  // namespace

bool is_user_name(std::string_view text) {
    return !text.empty() && text.size() <= max_user_bytes && text.front() != '.' &&
           text.front() != '-' && std::all_of(text.begin(), text.end(), is_user_character);
}

std::string_view describe(Refusal refusal) {
    switch (refusal) {
        case Refusal::unknown_user:
            return "unknown user";
        case Refusal::wrong_password:
            return "wrong password";
        case Refusal::wrong_key:
            return "key is not authorised";
        case Refusal::wrong_certificate:
            return "certificate is not authorised";
        case Refusal::wrong_code:
            return "wrong one-time code";
        case Refusal::used_code:
            return "one-time code was used before";
        case Refusal::wrong_method:
            return "method is not among those of the user";
        case Refusal::disabled:
            return "user is disabled";
        case Refusal::expired:
            return "user has expired";
        case Refusal::wrong_address:
            return "address is not among those allowed";
        case Refusal::wrong_protocol:
            return "protocol is not among those allowed";
        case Refusal::outside_hours:
            return "outside the allowed hours";
        case Refusal::exposed:
            return "password was exposed";
        case Refusal::malformed:
            return "malformed user name or password";
        case Refusal::overloaded:
            return "too many logins at once";
        case Refusal::failed:
            return "provider failed";
    }
    return "unknown";
}

std::string reason_of(const Verdict& verdict) {
    if (const auto* refusal = std::get_if<Refusal>(&verdict))
        return std::string(describe(*refusal));
    if (const auto* partial = std::get_if<Partial>(&verdict)) {
        return "more is needed: " + str(all_of(partial->rest));
    }
    return std::string(describe(Refusal::unknown_user));
}

Methods methods_of(const Proofs& proofs) {
    Methods methods;
    if (proofs.certificate) methods.insert(Method::certificate);
    if (proofs.key) methods.insert(Method::publickey);
    if (proofs.password) methods.insert(Method::password);
    if (proofs.code) methods.insert(Method::totp);
    return methods;
}

bool Attempt::is_try() const {
    return !methods_of(proofs).without({Method::certificate}).empty();
}

Async<bool> Authenticator::accepts_key(const KeyOffer& offer) {
    const KeyAnswer answer = co_await judge_key(offer);
    co_return std::holds_alternative<Candidate>(answer);
}

Chain::Chain(std::vector<std::shared_ptr<Authenticator>> providers)
    : providers_(std::move(providers)) {}

std::pair<std::size_t, std::size_t> Chain::range(const Progress& progress) const {
    if (progress.shown.empty()) return {0, providers_.size()};
    return {progress.provider, std::min(progress.provider + 1, providers_.size())};
}

Async<Verdict> Chain::authenticate(const Attempt& attempt) {
    const auto [first, end] = range(attempt.progress);
    for (std::size_t i = first; i < end; ++i) {
        Verdict verdict = co_await providers_[i]->authenticate(attempt);
        if (std::holds_alternative<DontKnow>(verdict)) continue;
        if (auto* partial = std::get_if<Partial>(&verdict)) {
            partial->progress = {partial->candidate.shown, i};
        }
        co_return verdict;
    }
    co_return Refusal::unknown_user;
}

Async<KeyAnswer> Chain::judge_key(const KeyOffer& offer) {
    const auto [first, end] = range(offer.progress);
    for (std::size_t i = first; i < end; ++i) {
        KeyAnswer answer = co_await providers_[i]->judge_key(offer);
        if (!std::holds_alternative<DontKnow>(answer)) co_return answer;
    }
    co_return DontKnow{};
}

Async<ExposureAnswer> Chain::judge_exposed(const ExposedPassword& password) {
    for (const auto& provider : providers_) {
        ExposureAnswer answer = co_await provider->judge_exposed(password);
        if (!std::holds_alternative<DontKnow>(answer)) co_return answer;
    }
    co_return Refusal::unknown_user;
}

}  // namespace sallyport::auth
