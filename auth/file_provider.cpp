#include "auth/file_provider.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>

#include "auth/password_hash.hpp"
#include "auth/sodium.hpp"

namespace sallyport::auth {
namespace {

std::string hash_of_random_password() {
    require_sodium();
    std::array<char, 32> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    const Secret password{std::string_view(bytes.data(), bytes.size())};
    sodium_memzero(bytes.data(), bytes.size());
    return hash_password(password);
}

bool is_well_formed(const Secret& password) {
    return password.size() <= max_password_bytes &&
           password.reveal().find('\0') == std::string_view::npos;
}

bool is_authorised(const PublicKey& key, const UserRecord& user) {
    return std::any_of(user.ssh_keys.begin(), user.ssh_keys.end(),
                       [&key](const PublicKey& own) { return own.blob == key.blob; });
}

/// Why this user is not let in, if so; `failure` is what is wrong with the credential.
std::optional<Refusal> refusal_of(const UserRecord& user, std::optional<Refusal> failure,
                                  std::chrono::system_clock::time_point now) {
    if (!user.enabled) return Refusal::disabled;
    if (user.expires && now >= *user.expires) return Refusal::expired;
    return failure;
}

Verdict verdict_on(const UserRecord& user, std::optional<Refusal> refusal) {
    if (refusal) return *refusal;
    return Principal{user.name, user.home, user.policy};
}

}  // namespace

FileProvider::FileProvider(std::shared_ptr<const UserTable> users, BlockingPool& hashing,
                           Clock clock)
    : users_(std::move(users)),
      hashing_(hashing),
      clock_(std::move(clock)),
      dummy_hash_(hash_of_random_password()) {}

Async<Verdict> FileProvider::authenticate(const Attempt& attempt) {
    if (!is_user_name(attempt.user)) co_return Refusal::malformed;
    const UserRecord* const user = find(attempt.user);
    const auto* const password = std::get_if<Secret>(&attempt.credential);
    if (password != nullptr) co_return co_await check_password(user, *password);
    if (user == nullptr) co_return DontKnow{};
    co_return verdict_on(*user, refusal_of_key(*user, std::get<PublicKey>(attempt.credential)));
}

Async<KeyAnswer> FileProvider::judge_key(const KeyOffer& offer) {
    const UserRecord* const user = find(offer.user);
    if (user == nullptr) co_return KeyAnswer::dont_know;
    co_return refusal_of_key(*user, offer.key) ? KeyAnswer::refused : KeyAnswer::accepted;
}

const UserRecord* FileProvider::find(const std::string& name) const {
    const auto found = users_->find(name);
    return found == users_->end() ? nullptr : &found->second;
}

Async<Verdict> FileProvider::check_password(const UserRecord* user, const Secret& password) {
    if (!is_well_formed(password)) co_return Refusal::malformed;
    // A hash that cannot be verified would cost nothing, and so tell that the user exists.
    const bool has_password = user != nullptr && is_supported_hash(user->password_hash);
    auto verify = [&password, hash = has_password ? user->password_hash : dummy_hash_] {
        return verify_password(password, hash);
    };
    const std::optional<bool> matches = co_await hashing_.try_run(std::move(verify));
    if (!matches) co_return Refusal::overloaded;
    if (user == nullptr) co_return DontKnow{};
    std::optional<Refusal> failure;
    if (!has_password || !*matches) failure = Refusal::wrong_password;
    co_return verdict_on(*user, refusal_of(*user, failure, clock_()));
}

std::optional<Refusal> FileProvider::refusal_of_key(const UserRecord& user,
                                                    const PublicKey& key) const {
    std::optional<Refusal> failure;
    if (!is_authorised(key, user)) failure = Refusal::wrong_key;
    return refusal_of(user, failure, clock_());
}

}  // namespace sallyport::auth
