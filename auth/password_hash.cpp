#include "auth/password_hash.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <new>
#include <optional>

#include "auth/legacy_hash.hpp"
#include "auth/sodium.hpp"

namespace sallyport::auth {
namespace {

constexpr std::uint32_t standard_memory_kib = 19456;
constexpr std::uint32_t standard_passes = 2;
constexpr std::size_t min_salt_bytes = 8;
constexpr std::size_t min_digest_bytes = 16;

struct Cost {
    std::uint32_t memory_kib;
    std::uint32_t passes;
};

bool consume(std::string_view& rest, std::string_view expected) {
    if (!rest.starts_with(expected)) return false;
    rest.remove_prefix(expected.size());
    return true;
}

std::optional<std::uint32_t> consume_number(std::string_view& rest) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc() || rest.starts_with('0')) return std::nullopt;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    return number;
}

bool is_base64(std::string_view text, std::size_t min_bytes) {
    std::array<unsigned char, crypto_pwhash_STRBYTES> bytes{};
    std::size_t size = 0;
    return sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size,
                             nullptr, sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
           size >= min_bytes;
}

/// The bytes of a secret for libsodium, which takes no null pointer even for none.
std::string_view bytes_of(const Secret& secret) {
    return secret.empty() ? std::string_view("") : secret.reveal();
}

std::optional<Cost> consume_cost(std::string_view& rest) {
    if (!consume(rest, "$argon2id$v=19$m=")) return std::nullopt;
    const auto memory = consume_number(rest);
    if (!memory || !consume(rest, ",t=")) return std::nullopt;
    const auto passes = consume_number(rest);
    if (!passes || !consume(rest, ",p=1$")) return std::nullopt;
    return Cost{*memory, *passes};
}

std::optional<Cost> cost_of(std::string_view hash) {
    if (hash.size() >= crypto_pwhash_STRBYTES) return std::nullopt;
    const auto cost = consume_cost(hash);
    if (!cost) return std::nullopt;
    const auto dollar = std::min(hash.find('$'), hash.size());
    const auto digest = hash.substr(std::min(dollar + 1, hash.size()));
    if (!is_base64(hash.substr(0, dollar), min_salt_bytes)) return std::nullopt;
    if (!is_base64(digest, min_digest_bytes)) return std::nullopt;
    return cost;
}

}  // namespace

std::string hash_password(const Secret& password) {
    require_sodium();
    const auto text = bytes_of(password);
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    if (crypto_pwhash_argon2id_str(hash.data(), text.data(), text.size(), standard_passes,
                                   std::size_t{standard_memory_kib} * 1024) != 0) {
        throw std::bad_alloc();
    }
    return hash.data();
}

bool verify_password(const Secret& password, std::string_view hash) {
    if (is_legacy_hash(hash)) return verify_legacy(password, hash);
    if (!is_supported_hash(hash)) return false;
    require_sodium();
    const auto text = bytes_of(password);
    std::array<char, crypto_pwhash_STRBYTES> terminated{};
    std::copy(hash.begin(), hash.end(), terminated.begin());
    return crypto_pwhash_argon2id_str_verify(terminated.data(), text.data(), text.size()) == 0;
}

bool is_supported_hash(std::string_view hash) {
    if (is_legacy_hash(hash)) return true;
    const auto cost = cost_of(hash);
    return cost && cost->memory_kib >= min_hash_memory_kib &&
           cost->memory_kib <= max_hash_memory_kib && cost->passes <= max_hash_passes;
}

bool has_standard_cost(std::string_view hash) {
    const auto cost = cost_of(hash);
    return cost && cost->memory_kib == standard_memory_kib && cost->passes == standard_passes;
}

}  // namespace sallyport::auth
