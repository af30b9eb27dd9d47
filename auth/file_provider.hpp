#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "auth/authenticator.hpp"
#include "auth/password_locks.hpp"
#include "auth/totp.hpp"
#include "storage/blocking_pool.hpp"

namespace sallyport::auth {

/// One `[user.NAME]` table.
struct UserRecord {
    std::string name;
    std::string home;
    std::string password_hash;                  ///< empty: no password is right
    std::vector<PublicKey> ssh_keys;            ///< each of them is right
    std::vector<CertificateName> certificates;  ///< each of them is right
    Secret totp;                                ///< of one-time codes; empty: no code is right
    Combinations login;                         ///< what lets the user in; empty: nothing does
    std::shared_ptr<const Policy> policy;
    bool enabled = true;
    std::optional<std::chrono::sys_days> expires;  ///< as in `Principal`
};

/// Who has proved to be this user by these methods.
[[nodiscard]] Principal principal_of(const UserRecord& user, Methods shown = {});

/// What lets a user in who has no `login` of their own: any one of the credentials there are, but
/// no password without a code when there is a secret for codes.
[[nodiscard]] Combinations default_login(const UserRecord& user);

using UserTable = std::unordered_map<std::string, UserRecord>;

/// Users from the configuration file. Verifies passwords on `hashing`; does one hash of equal cost
/// for every attempt with a password, whether or not the user exists, is enabled or has one; a hash
/// whose cost is not the standard one is as expensive as it says. An unknown user is answered
/// `DontKnow`, after that hash. Everything else is compared, which takes no pool. Whether the user
/// may log in now, disabled or expired for one, is not its business: see `LoginGate`.
///
/// A code is looked at when all else is right, so that it is not used up by a wrong password.
/// Refuses malformed attempts without hashing, and with `overloaded` when `hashing` has no room
/// left. A password that is locked is as good as a wrong one. Thread-safe; must live until every
/// attempt has been answered.
class FileProvider final : public Authenticator {
  public:
    using Clock = std::function<std::chrono::system_clock::time_point()>;

    /// `hashing` and `codes` must outlive the provider; `codes` is shared by all that know the same
    /// users. `locks`: null when no password is ever locked.
    FileProvider(std::shared_ptr<const UserTable> users, BlockingPool& hashing, CodeChecker& codes,
                 Clock clock, std::shared_ptr<const PasswordLocks> locks = nullptr);
    Async<Verdict> authenticate(const Attempt& attempt) override;
    Async<KeyAnswer> judge_key(const KeyOffer& offer) override;
    Async<ExposureAnswer> judge_exposed(const ExposedPassword& password) override;

  private:
    [[nodiscard]] const UserRecord* find(const std::string& name) const;
    /// Does the password fit? Nothing when there is no room for another hash. `user`: nothing when
    /// there is none of that name.
    Async<std::optional<bool>> is_password_of(const UserRecord* user, const Secret& password);
    [[nodiscard]] bool is_locked(const UserRecord& user) const;
    /// `password_is_right`: nothing when none was brought.
    Async<Verdict> judge(const UserRecord& user, const Attempt& attempt, std::string_view code,
                         std::optional<bool> password_is_right);

    std::shared_ptr<const UserTable> users_;
    BlockingPool& hashing_;
    CodeChecker& codes_;
    Clock clock_;
    std::shared_ptr<const PasswordLocks> locks_;
    std::string dummy_hash_;  ///< of a random password: what unknown users are checked against
};

}  // namespace sallyport::auth
