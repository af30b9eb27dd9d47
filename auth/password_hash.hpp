#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "auth/secret.hpp"

namespace sallyport::auth {

/// Hashes with argon2id, m = 19456 KiB, t = 2, p = 1 and a random salt; "$argon2id$v=19$..." Takes
/// about 20 ms and 19 MiB: call it on a pool. Throws std::bad_alloc when there is no such memory.
[[nodiscard]] std::string hash_password(const Secret& password);

/// True when `password` has this hash. As expensive as the hash says, see `is_supported_hash`.
/// False for hashes that are not supported.
[[nodiscard]] bool verify_password(const Secret& password, std::string_view hash);

/// Least and most memory a hash may ask for, in KiB. Stops weak hashes, and a pasted hash from
/// making every login a denial of service.
inline constexpr std::uint32_t min_hash_memory_kib = 8 * 1024;
inline constexpr std::uint32_t max_hash_memory_kib = 256 * 1024;
/// Most passes over that memory, for the same reason.
inline constexpr std::uint32_t max_hash_passes = 10;

/// True when `hash` is "$argon2id$v=19$m=M,t=T,p=1$salt$digest" within the bounds above, or one for
/// which `is_legacy_hash` is true: what `verify_password` understands.
[[nodiscard]] bool is_supported_hash(std::string_view hash);

/// True when `hash` costs as much to verify as one made by `hash_password`. One that does not tells
/// by its time that the user exists.
[[nodiscard]] bool has_standard_cost(std::string_view hash);

}  // namespace sallyport::auth
