#include "auth/password_locks.hpp"

#include <sodium.h>

#include <array>

namespace sallyport::auth {

std::string PasswordLocks::digest_of(std::string_view password_hash) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
    crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(password_hash.data()),
                       password_hash.size());
    std::array<char, 2 * crypto_hash_sha256_BYTES + 1> text{};
    sodium_bin2hex(text.data(), text.size(), digest.data(), digest.size());
    return text.data();
}

PasswordLocks::PasswordLocks(std::vector<Lock> locks)
    : locks_(std::make_move_iterator(locks.begin()), std::make_move_iterator(locks.end())) {}

bool PasswordLocks::add(Lock lock) {
    const std::lock_guard guard(mutex_);
    return locks_.insert(std::move(lock)).second;
}

bool PasswordLocks::holds(const std::string& user, std::string_view password_hash) const {
    const Lock wanted{user, digest_of(password_hash)};
    const std::lock_guard guard(mutex_);
    return locks_.contains(wanted);
}

std::vector<PasswordLocks::Lock> PasswordLocks::all() const {
    const std::lock_guard guard(mutex_);
    return {locks_.begin(), locks_.end()};
}

}  // namespace sallyport::auth
