#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "auth/authenticator.hpp"
#include "storage/blocking_pool.hpp"

namespace sallyport::auth {

/// One `[user.NAME]` table.
struct UserRecord {
    std::string name;
    std::string home;
    std::string password_hash;        ///< empty: this user cannot log in with a password
    std::vector<PublicKey> ssh_keys;  ///< each of them logs the user in
    std::shared_ptr<const Policy> policy;
    bool enabled = true;
    std::optional<std::chrono::sys_days> expires;  ///< first day on which logins are refused
};

using UserTable = std::unordered_map<std::string, UserRecord>;

/// Users from the configuration file. Verifies passwords on `hashing`; does one hash of equal cost
/// for every password, whether or not the user exists, is enabled or has one; a hash whose cost is
/// not the standard one is as expensive as it says. An unknown user is answered `DontKnow`, after
/// that hash. Keys are compared, which takes no pool.
///
/// Refuses malformed attempts without hashing, and with `overloaded` when `hashing` has no room
/// left. Thread-safe; must live until every attempt has been answered.
class FileProvider final : public Authenticator {
  public:
    using Clock = std::function<std::chrono::system_clock::time_point()>;

    /// `hashing` must outlive the provider.
    FileProvider(std::shared_ptr<const UserTable> users, BlockingPool& hashing, Clock clock);
    Async<Verdict> authenticate(const Attempt& attempt) override;
    Async<KeyAnswer> judge_key(const KeyOffer& offer) override;

  private:
    [[nodiscard]] const UserRecord* find(const std::string& name) const;
    /// `user`: nothing when there is none of that name.
    Async<Verdict> check_password(const UserRecord* user, const Secret& password);
    /// Nothing when the key is one of the user's, who may log in now.
    [[nodiscard]] std::optional<Refusal> refusal_of_key(const UserRecord& user,
                                                        const PublicKey& key) const;

    std::shared_ptr<const UserTable> users_;
    BlockingPool& hashing_;
    Clock clock_;
    std::string dummy_hash_;  ///< of a random password: what unknown users are checked against
};

}  // namespace sallyport::auth
