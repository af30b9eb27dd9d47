#include "auth/file_provider.hpp"

#include <sodium.h>

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

bool is_well_formed(const Attempt& attempt) {
    return is_user_name(attempt.user) && attempt.password.size() <= max_password_bytes &&
           attempt.password.reveal().find('\0') == std::string_view::npos;
}

Verdict judge(const UserRecord& user, bool password_is_right,
              std::chrono::system_clock::time_point now) {
    if (!user.enabled) return Refusal::disabled;
    if (user.expires && now >= *user.expires) return Refusal::expired;
    if (!password_is_right) return Refusal::wrong_password;
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
    if (!is_well_formed(attempt)) co_return Refusal::malformed;
    const auto found = users_->find(attempt.user);
    const UserRecord* const user = found == users_->end() ? nullptr : &found->second;
    // A hash that cannot be verified would cost nothing, and so tell that the user exists.
    const bool has_password = user != nullptr && is_supported_hash(user->password_hash);
    auto verify = [&password = attempt.password,
                   hash = has_password ? user->password_hash : dummy_hash_] {
        return verify_password(password, hash);
    };
    const std::optional<bool> matches = co_await hashing_.try_run(std::move(verify));
    if (!matches) co_return Refusal::overloaded;
    if (user == nullptr) co_return DontKnow{};
    co_return judge(*user, has_password && *matches, clock_());
}

}  // namespace sallyport::auth
