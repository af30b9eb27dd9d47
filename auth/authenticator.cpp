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
        case Refusal::disabled:
            return "user is disabled";
        case Refusal::expired:
            return "user has expired";
        case Refusal::malformed:
            return "malformed user name or password";
        case Refusal::overloaded:
            return "too many logins at once";
        case Refusal::failed:
            return "provider failed";
    }
    return "unknown";
}

Async<bool> Authenticator::accepts_key(const KeyOffer& offer) {
    const KeyAnswer answer = co_await judge_key(offer);
    co_return answer == KeyAnswer::accepted;
}

Chain::Chain(std::vector<std::shared_ptr<Authenticator>> providers)
    : providers_(std::move(providers)) {}

Async<Verdict> Chain::authenticate(const Attempt& attempt) {
    for (const auto& provider : providers_) {
        Verdict verdict = co_await provider->authenticate(attempt);
        if (!std::holds_alternative<DontKnow>(verdict)) co_return verdict;
    }
    co_return Refusal::unknown_user;
}

Async<KeyAnswer> Chain::judge_key(const KeyOffer& offer) {
    for (const auto& provider : providers_) {
        const KeyAnswer answer = co_await provider->judge_key(offer);
        if (answer != KeyAnswer::dont_know) co_return answer;
    }
    co_return KeyAnswer::dont_know;
}

}  // namespace sallyport::auth
