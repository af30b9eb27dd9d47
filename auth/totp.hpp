#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "auth/secret.hpp"
#include "storage/async.hpp"

namespace sallyport::auth {

/// Time-based one-time codes (RFC 6238) as every authenticator app makes them: HMAC-SHA-1, steps of
/// 30 seconds, six digits.
inline constexpr std::size_t totp_digits = 6;
inline constexpr std::chrono::seconds totp_step{30};
/// Steps before and after the present one whose codes are taken, too: clocks differ, and people are
/// slow. Each more makes guessing easier (RFC 6238 section 5.2).
inline constexpr std::int64_t totp_window = 1;
/// Least and most bytes of a secret. RFC 4226 section 4 asks for 16 at least; apps of old made 10.
inline constexpr std::size_t min_totp_secret_bytes = 10;
inline constexpr std::size_t max_totp_secret_bytes = 128;
/// Bytes of a new secret, as RFC 4226 section 4 recommends.
inline constexpr std::size_t new_totp_secret_bytes = 20;

/// The code of `secret` for the step that `time` lies in.
[[nodiscard]] std::string totp_code(const Secret& secret, std::chrono::sys_seconds time);

enum class CodeVerdict { accepted, wrong, used };

/// The earliest step that a code could be right for.
[[nodiscard]] std::int64_t earliest_totp_step(std::chrono::sys_seconds now);

/// Checks codes, and takes each once only (RFC 6238 section 5.2): after a login, neither that code
/// nor an earlier one of the same user logs in again. Kept in memory, about 100 bytes for each user
/// who has used a code, whatever configuration is loaded meanwhile. Thread-safe.
class CodeChecker {
  public:
    /// The step of the last code that each user has used.
    using Steps = std::map<std::string, std::int64_t>;
    /// Writes down that a code of this user and step is used; false when another process has
    /// written that down before. The user's name lives until then.
    using Claim = std::function<Async<bool>(const std::string& user, std::int64_t step)>;

    CodeChecker() = default;
    /// `known` is what an earlier process has used. Without `claim` nothing is written down.
    CodeChecker(Steps known, Claim claim);

    /// All codes of the window are compared, whichever fits, in constant time each. None is right
    /// for an empty secret. What is accepted is used up from then on, for other processes, too.
    /// What is passed must live until the verdict is there.
    [[nodiscard]] Async<CodeVerdict> use(const std::string& user, const Secret& secret,
                                         std::string_view code, std::chrono::sys_seconds now);

  private:
    /// False when that step or a later one has been used.
    bool take(const std::string& user, std::int64_t step);

    std::mutex mutex_;
    Steps last_steps_;
    const Claim claim_;
};

}  // namespace sallyport::auth
