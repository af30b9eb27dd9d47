#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "auth/secret.hpp"

/// Password hashes of crypt(5), for people who bring their users along: SHA-256 and SHA-512
/// ("$5$", "$6$"), bcrypt ("$2a$", "$2b$", "$2y$") and yescrypt ("$y$").
namespace sallyport::auth {

/// Most rounds of "$5$" and "$6$", which allow 999,999,999; log of the rounds of bcrypt, which
/// allows 31; log of the blocks of yescrypt, which then take 64 MiB. Each is about a second of
/// work. Stops a pasted hash from making every login a denial of service.
inline constexpr std::uint32_t max_sha_rounds = 1'000'000;
inline constexpr std::uint32_t max_bcrypt_cost = 14;
inline constexpr std::uint32_t max_yescrypt_cost = 14;

/// True when `hash` is one of these, whole, and costs no more than the bounds.
[[nodiscard]] bool is_legacy_hash(std::string_view hash);

/// True when `password` has this hash. As expensive as the hash says, and blocks. False for hashes
/// for which `is_legacy_hash` is false, at once.
[[nodiscard]] bool verify_legacy(const Secret& password, std::string_view hash);

/// What a text is that looks like a hash of crypt(5) but is not accepted, as a sentence part, such
/// as "an MD5 hash, which is broken"; empty when it looks like none.
[[nodiscard]] std::string describe_unsupported(std::string_view hash);

}  // namespace sallyport::auth
