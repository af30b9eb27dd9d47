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

/// Checks codes, and takes each once only (RFC 6238 section 5.2): after a login, neither that code
/// nor an earlier one of the same user logs in again. Kept in memory, about 100 bytes for each user
/// who has used a code, whatever configuration is loaded meanwhile. Thread-safe.
class CodeChecker {
  public:
    /// The step of the last code that each user has used.
    using Steps = std::map<std::string, std::int64_t>;
    /// Writes down what has been used, `recent` at the time when it does so.
    using Keep = std::function<Async<void>()>;

    CodeChecker() = default;
    /// `known` is what an earlier process has kept. Without `keep` nothing is written down.
    CodeChecker(Steps known, Keep keep);

    /// All codes of the window are compared, whichever fits, in constant time each. None is right
    /// for an empty secret.
    [[nodiscard]] CodeVerdict check(const std::string& user, const Secret& secret,
                                    std::string_view code, std::chrono::sys_seconds now);
    /// To be awaited between `accepted` and whatever the code lets in: from then on the code is
    /// used up for a later process, too, unless that could not be written down.
    Async<void> keep();
    /// Those that a code at `now` or later could still be right for.
    [[nodiscard]] Steps recent(std::chrono::sys_seconds now) const;

  private:
    mutable std::mutex mutex_;
    Steps last_steps_;
    const Keep keep_;
};

}  // namespace sallyport::auth
