#pragma once

#include <compare>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::auth {

/// Passwords that must not be used any more, because they crossed a network in clear: whose each
/// is, and a digest of its hash. The password is free again as soon as the user's hash is another;
/// the exposed one stays locked, should it come back. Only who knows a password can add to this, so
/// it stays small. Thread-safe.
class PasswordLocks {
  public:
    struct Lock {
        std::string user;
        std::string digest;  ///< as `digest_of` makes it
        auto operator<=>(const Lock&) const = default;
    };

    /// SHA-256 of a password hash, lower-case hex. It tells nothing about the password: the hash
    /// holds a random salt.
    [[nodiscard]] static std::string digest_of(std::string_view password_hash);

    explicit PasswordLocks(std::vector<Lock> locks = {});

    /// False when it was there already.
    bool add(Lock lock);
    [[nodiscard]] bool holds(const std::string& user, std::string_view password_hash) const;
    [[nodiscard]] std::vector<Lock> all() const;

  private:
    mutable std::mutex mutex_;
    std::set<Lock> locks_;
};

}  // namespace sallyport::auth
