#include "auth/totp.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <array>
#include <optional>
#include <stdexcept>
#include <utility>

namespace sallyport::auth {
namespace {

constexpr std::uint32_t code_count = 1'000'000;
constexpr std::size_t sha1_bytes = 20;

std::int64_t step_at(std::chrono::sys_seconds time) {
    return time.time_since_epoch() / totp_step;
}

/// RFC 4226 section 5.3.
std::string code_of_step(const Secret& secret, std::int64_t step) {
    std::array<unsigned char, 8> counter{};
    for (std::size_t i = 0; i < counter.size(); ++i) {
        counter[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (8 * (7 - i)));
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    const auto key = secret.reveal();
    if (HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), counter.data(), counter.size(),
             mac.data(), &size) == nullptr ||
        size != sha1_bytes) {
        throw std::runtime_error("no HMAC-SHA-1 for one-time codes");
    }
    const std::size_t at = mac[sha1_bytes - 1] & 0xfU;
    const std::uint32_t number = (mac[at] & 0x7fU) << 24 | std::uint32_t{mac[at + 1]} << 16 |
                                 std::uint32_t{mac[at + 2]} << 8 | mac[at + 3];
    // With the leading one cut off again, zeros are kept.
    return std::to_string(code_count + number % code_count).substr(1);
}

/// The latest step of the window that `code` is right for.
std::optional<std::int64_t> step_of(const Secret& secret, std::string_view code,
                                    std::int64_t present) {
    if (secret.empty() || code.size() != totp_digits) return std::nullopt;
    std::optional<std::int64_t> found;
    for (auto step = present - totp_window; step <= present + totp_window; ++step) {
        const std::string right = code_of_step(secret, step);
        if (sodium_memcmp(right.data(), code.data(), totp_digits) == 0) found = step;
    }
    return found;
}

}  // namespace

std::string totp_code(const Secret& secret, std::chrono::sys_seconds time) {
    return code_of_step(secret, step_at(time));
}

std::int64_t earliest_totp_step(std::chrono::sys_seconds now) {
    return step_at(now) - totp_window;
}

CodeChecker::CodeChecker(Steps known, Claim claim)
    : last_steps_(std::move(known)), claim_(std::move(claim)) {}

Async<CodeVerdict> CodeChecker::use(const std::string& user, const Secret& secret,
                                    std::string_view code, std::chrono::sys_seconds now) {
    const auto step = step_of(secret, code, step_at(now));
    if (!step) co_return CodeVerdict::wrong;
    if (!take(user, *step)) co_return CodeVerdict::used;
    if (claim_ && !co_await claim_(user, *step)) co_return CodeVerdict::used;
    co_return CodeVerdict::accepted;
}

bool CodeChecker::take(const std::string& user, std::int64_t step) {
    const std::lock_guard lock(mutex_);
    const auto [last, is_first] = last_steps_.try_emplace(user, step);
    if (is_first) return true;
    if (step <= last->second) return false;
    last->second = step;
    return true;
}

}  // namespace sallyport::auth
