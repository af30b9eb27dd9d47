#include "auth/file_provider.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>

#include "auth/legacy_hash.hpp"
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
    return std::ranges::any_of(user.ssh_keys,
                               [&key](const PublicKey& own) { return own.blob == key.blob; });
}

bool is_authorised(const Certificate& certificate, const UserRecord& user) {
    return std::ranges::any_of(user.certificates, [&certificate](const CertificateName& own) {
        return own.fits(certificate);
    });
}

/// True when one of the methods is part of a way in.
bool uses(const UserRecord& user, Methods methods) {
    return all_of(user.login).overlaps(methods);
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// A password and the code that came with it; parts of the attempt.
struct Words {
    std::string_view password;
    std::string_view code;
};

/// What all proofs but password and code show.
Methods shown_otherwise(const UserRecord& user, const Attempt& attempt) {
    Methods shown = attempt.progress.shown;
    const auto& [password, key, certificate, code, code_follows] = attempt.proofs;
    if (key && is_authorised(*key, user)) shown.insert(Method::publickey);
    if (certificate && is_authorised(*certificate, user)) shown.insert(Method::certificate);
    return shown;
}

/// True when the last digits of the password are a code: this user cannot do without one.
bool code_is_in_password(const UserRecord& user, const Attempt& attempt) {
    if (!attempt.proofs.code_follows_password) return false;
    const Methods shown = shown_otherwise(user, attempt) | Methods{Method::password};
    return !suffices(user.login, shown) && suffices(user.login, shown | Methods{Method::totp});
}

/// What comes before the code, if `text` ends in one.
Words cut_code(std::string_view text) {
    const auto at = text.size() - std::min(text.size(), totp_digits);
    const auto tail = text.substr(at);
    // A password without a code may be right all the same, which is then not enough.
    if (tail.size() < totp_digits || !std::ranges::all_of(tail, is_digit)) return {text, {}};
    return {text.substr(0, at), tail};
}

Words words_of(const UserRecord* user, const Attempt& attempt) {
    const auto& [password, key, certificate, code, code_follows] = attempt.proofs;
    const Words words{password ? password->reveal() : "", code ? code->reveal() : ""};
    if (!user || !code_is_in_password(*user, attempt)) return words;
    return cut_code(words.password);
}

/// An exposed password without the code that may follow it.
std::string_view password_in(const UserRecord* user, const ExposedPassword& exposed) {
    const auto text = exposed.password.reveal();
    const bool needs_code = user && !suffices(user->login, {Method::password}) &&
                            std::ranges::any_of(user->login, [](Methods needed) {
                                return needed.contains(Methods{Method::password, Method::totp});
                            });
    return needs_code ? cut_code(text).password : text;
}

/// What right proofs of these methods are worth. `fresh`: those of this attempt alone.
Verdict verdict_on(const UserRecord& user, Methods shown, Methods fresh) {
    if (suffices(user.login, shown)) return principal_of(user, shown);
    if (!uses(user, fresh)) return Refusal::wrong_method;
    return Partial{principal_of(user, shown), rest_of(user.login, shown), {}};
}

}  // namespace

Principal principal_of(const UserRecord& user, Methods shown) {
    Principal principal{user.name, user.home, user.policy, shown, user.enabled, user.expires, {}};
    if (shown.contains(Method::password) && is_legacy_hash(user.password_hash)) {
        principal.hint = "password hash of an older kind: replace it with sallyport hash-password";
    }
    return principal;
}

Combinations default_login(const UserRecord& user) {
    Combinations login;
    if (!user.certificates.empty()) login.push_back({Method::certificate});
    if (!user.ssh_keys.empty()) login.push_back({Method::publickey});
    if (!user.password_hash.empty()) login.push_back({Method::password});
    if (!user.password_hash.empty() && !user.totp.empty()) login.back().insert(Method::totp);
    return login;
}

FileProvider::FileProvider(std::shared_ptr<const UserTable> users, BlockingPool& hashing,
                           CodeChecker& codes, Clock clock,
                           std::shared_ptr<const PasswordLocks> locks)
    : users_(std::move(users)),
      hashing_(hashing),
      codes_(codes),
      clock_(std::move(clock)),
      locks_(std::move(locks)),
      dummy_hash_(hash_of_random_password()) {}

Async<Verdict> FileProvider::authenticate(const Attempt& attempt) {
    if (!is_user_name(attempt.user)) co_return Refusal::malformed;
    const UserRecord* const user = find(attempt.user);
    const Words words = words_of(user, attempt);
    std::optional<bool> password_is_right;
    if (attempt.proofs.password) {
        if (!is_well_formed(*attempt.proofs.password)) co_return Refusal::malformed;
        const Secret password(words.password);
        password_is_right = co_await is_password_of(user, password);
        if (!password_is_right) co_return Refusal::overloaded;
    }
    if (user == nullptr) co_return DontKnow{};
    co_return co_await judge(*user, attempt, words.code, password_is_right);
}

Async<KeyAnswer> FileProvider::judge_key(const KeyOffer& offer) {
    const UserRecord* const user = find(offer.user);
    if (user == nullptr) co_return DontKnow{};
    if (!is_authorised(offer.key, *user)) co_return Refusal::wrong_key;
    if (!uses(*user, {Method::publickey})) co_return Refusal::wrong_method;
    co_return Candidate{principal_of(*user, offer.progress.shown | Methods{Method::publickey})};
}

Async<ExposureAnswer> FileProvider::judge_exposed(const ExposedPassword& exposed) {
    if (!is_user_name(exposed.user) || !is_well_formed(exposed.password)) {
        co_return Refusal::malformed;
    }
    const UserRecord* const user = find(exposed.user);
    const Secret password(password_in(user, exposed));
    const std::optional<bool> is_right = co_await is_password_of(user, password);
    if (!is_right) co_return Refusal::overloaded;
    if (user == nullptr) co_return DontKnow{};
    if (!*is_right) co_return Refusal::wrong_password;
    co_return Burned{PasswordLocks::digest_of(user->password_hash)};
}

bool FileProvider::is_locked(const UserRecord& user) const {
    return locks_ && locks_->holds(user.name, user.password_hash);
}

const UserRecord* FileProvider::find(const std::string& name) const {
    const auto found = users_->find(name);
    return found == users_->end() ? nullptr : &found->second;
}

Async<std::optional<bool>> FileProvider::is_password_of(const UserRecord* user,
                                                        const Secret& password) {
    // A hash that cannot be verified would cost nothing, and so tell that the user exists.
    const bool has_password = user != nullptr && is_supported_hash(user->password_hash);
    auto verify = [&password, has_password,
                   hash = has_password ? user->password_hash : dummy_hash_] {
        const bool fits = verify_password(password, hash);
        return fits && has_password;
    };
    co_return co_await hashing_.try_run(std::move(verify));
}

Async<Verdict> FileProvider::judge(const UserRecord& user, const Attempt& attempt,
                                   std::string_view code, std::optional<bool> password_is_right) {
    const Proofs& proofs = attempt.proofs;
    Methods shown = shown_otherwise(user, attempt);
    if (proofs.key && !is_authorised(*proofs.key, user)) co_return Refusal::wrong_key;
    if (password_is_right && !*password_is_right) co_return Refusal::wrong_password;
    if (password_is_right && is_locked(user)) co_return Refusal::exposed;
    if (password_is_right) shown.insert(Method::password);
    if (!code.empty()) {
        const auto now = std::chrono::floor<std::chrono::seconds>(clock_());
        const auto said = co_await codes_.use(user.name, user.totp, code, now);
        if (said == CodeVerdict::wrong) co_return Refusal::wrong_code;
        if (said == CodeVerdict::used) co_return Refusal::used_code;
        shown.insert(Method::totp);
    }
    const Methods fresh = shown.without(attempt.progress.shown);
    if (fresh.empty() && !attempt.is_try()) co_return Refusal::wrong_certificate;
    co_return verdict_on(user, shown, fresh);
}

}  // namespace sallyport::auth
