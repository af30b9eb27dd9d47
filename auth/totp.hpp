#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "auth/secret.hpp"

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
    /// All codes of the window are compared, whichever fits, in constant time each. None is right
    /// for an empty secret.
    [[nodiscard]] CodeVerdict check(const std::string& user, const Secret& secret,
                                    std::string_view code, std::chrono::sys_seconds now);

  private:
    std::mutex mutex_;
    std::map<std::string, std::int64_t> last_steps_;
};

}  // namespace sallyport::auth
