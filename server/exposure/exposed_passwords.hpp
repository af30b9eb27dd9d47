#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <variant>

#include "auth/authenticator.hpp"
#include "auth/password_locks.hpp"
#include "config/config.hpp"
#include "server/events/event.hpp"
#include "storage/blocking_pool.hpp"

namespace sallyport::server::exposure {

/// Most passwords that are checked at once; more are not checked, only counted. Stops a flood of
/// them from taking memory, or the places of logins in the queue for hashing.
inline constexpr std::size_t max_checks = 16;

/// Passwords that arrived in clear. Each is checked as a login would be, once its connection is
/// over, so that nobody learns from it whether it was right. A right one is burned: it is reported,
/// and locked if that is configured. One object for the whole life of a server. Thread-safe.
class ExposedPasswords {
  public:
    /// Knows the locks that are in `state_dir`; or a sentence. Without a folder locks are lost at
    /// the end. `files` must outlive this object. Blocks.
    [[nodiscard]] static std::variant<std::shared_ptr<ExposedPasswords>, std::string> open(
        const std::filesystem::path& state_dir, BlockingPool& files);

    /// Checks one. Events: `credential.exposed` if it was right, `credential.lock_failed` if that
    /// will be forgotten, `credential.unchecked` with the number of those that were not checked.
    Async<void> check(std::shared_ptr<auth::Authenticator> authenticator,
                      config::OnExposedPassword policy, auth::ExposedPassword password,
                      events::SessionEvents events);

    /// What providers refuse to accept.
    [[nodiscard]] std::shared_ptr<const auth::PasswordLocks> locks() const { return locks_; }

  private:
    ExposedPasswords(std::filesystem::path file, std::vector<auth::PasswordLocks::Lock> locks,
                     BlockingPool& files);

    Async<auth::ExposureAnswer> judge(auth::Authenticator& authenticator,
                                      const auth::ExposedPassword& password);
    void report_unchecked(const events::SessionEvents& events);
    /// Nothing when all locks are in the file.
    Async<std::string> save();

    const std::filesystem::path file_;  ///< empty: there is none
    const std::shared_ptr<auth::PasswordLocks> locks_;
    BlockingPool& files_;
    std::mutex writing_;  ///< held while the file is replaced, on threads of `files_`
    std::atomic<std::size_t> checks_{0};
    std::atomic<std::int64_t> unchecked_{0};
};

}  // namespace sallyport::server::exposure
