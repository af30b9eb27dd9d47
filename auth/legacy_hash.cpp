#include "auth/legacy_hash.hpp"

#include <crypt.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>

namespace sallyport::auth {
namespace {

/// The digits of crypt(5), in the order of their values.
constexpr std::string_view digits =
    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

constexpr std::size_t max_sha_salt = 16;
constexpr std::size_t sha256_digits = 43;
constexpr std::size_t sha512_digits = 86;
constexpr std::size_t bcrypt_digits = 22 + 31;  // salt and digest
constexpr std::size_t max_yescrypt_salt = 86;
constexpr std::uint32_t min_sha_rounds = 1000;
constexpr std::uint32_t default_sha_rounds = 5000;
constexpr std::uint32_t min_bcrypt_cost = 4;
constexpr std::uint32_t min_yescrypt_cost = 10;

bool consume(std::string_view& rest, std::string_view expected) {
    if (!rest.starts_with(expected)) return false;
    rest.remove_prefix(expected.size());
    return true;
}

bool are_digits(std::string_view text) {
    return text.find_first_not_of(digits) == std::string_view::npos;
}

std::optional<std::uint32_t> number_in(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// "SALT$DIGEST", all of it.
bool is_salt_and_digest(std::string_view rest, std::size_t longest_salt, std::size_t size) {
    const auto dollar = rest.find('$');
    return dollar != std::string_view::npos && dollar <= longest_salt &&
           are_digits(rest.substr(0, dollar)) && rest.size() - dollar - 1 == size &&
           are_digits(rest.substr(dollar + 1));
}

bool is_sha(std::string_view rest, std::size_t size) {
    std::uint32_t rounds = default_sha_rounds;
    if (consume(rest, "rounds=")) {
        const auto dollar = std::min(rest.find('$'), rest.size());
        const auto number = number_in(rest.substr(0, dollar));
        if (!number || !rest.substr(dollar).starts_with('$')) return false;
        rounds = *number;
        rest.remove_prefix(dollar + 1);
    }
    return rounds >= min_sha_rounds && rounds <= max_sha_rounds &&
           is_salt_and_digest(rest, max_sha_salt, size);
}

bool is_bcrypt(std::string_view rest) {
    const auto cost = number_in(rest.substr(0, 2));
    return cost && *cost >= min_bcrypt_cost && *cost <= max_bcrypt_cost &&
           rest.substr(2).starts_with('$') && rest.size() == 3 + bcrypt_digits &&
           are_digits(rest.substr(3));
}

/// "jNR$": the flavour that everybody has, then logs of blocks and of their size as digits. Other
/// forms exist and nothing makes them.
bool is_yescrypt(std::string_view rest) {
    if (rest.size() < 4 || rest[0] != 'j' || rest[3] != '$') return false;
    const auto blocks = digits.find(rest[1]);
    const bool is_known_size = rest[2] == '5' || rest[2] == 'T';
    return blocks != std::string_view::npos && blocks + 1 >= min_yescrypt_cost &&
           blocks + 1 <= max_yescrypt_cost && is_known_size &&
           is_salt_and_digest(rest.substr(4), max_yescrypt_salt, sha256_digits);
}

struct Kind {
    std::string_view prefix;
    bool (*is_whole)(std::string_view rest);  ///< nothing: never accepted
    std::string_view objection;
};
constexpr std::string_view too_much = "a hash of crypt(5) that is damaged or costs too much";
constexpr std::array kinds{
    Kind{"$6$", [](std::string_view rest) { return is_sha(rest, sha512_digits); }, too_much},
    Kind{"$5$", [](std::string_view rest) { return is_sha(rest, sha256_digits); }, too_much},
    Kind{"$2b$", is_bcrypt, too_much},
    Kind{"$2y$", is_bcrypt, too_much},
    Kind{"$2a$", is_bcrypt, too_much},
    Kind{"$y$", is_yescrypt, too_much},
    Kind{"$1$", nullptr, "an MD5 hash, which is broken"},
    Kind{"$apr1$", nullptr, "an MD5 hash, which is broken"},
    Kind{"$md5", nullptr, "an MD5 hash, which is broken"},
    Kind{"$sha1", nullptr, "a SHA-1 hash, which is too weak"},
    Kind{"$3$", nullptr, "an NT hash, which is broken"},
    Kind{"_", nullptr, "a DES hash, which is broken"},
};

const Kind* kind_of(std::string_view hash) {
    const auto found = std::ranges::find_if(
        kinds, [hash](const Kind& kind) { return hash.starts_with(kind.prefix); });
    return found == kinds.end() ? nullptr : &*found;
}

struct Wipe {
    void operator()(crypt_data* data) const {
        sodium_memzero(data, sizeof *data);
        delete data;  // NOLINT
    }
};

}  // namespace

bool is_legacy_hash(std::string_view hash) {
    const Kind* const kind = kind_of(hash);
    return kind != nullptr && kind->is_whole != nullptr &&
           kind->is_whole(hash.substr(kind->prefix.size()));
}

bool verify_legacy(const Secret& password, std::string_view hash) {
    if (!is_legacy_hash(hash)) return false;
    const std::unique_ptr<crypt_data, Wipe> data(new crypt_data{});
    // The library wants a text that ends with a zero.
    std::string phrase(password.reveal());
    const std::string setting(hash);
    const char* const made = crypt_r(phrase.c_str(), setting.c_str(), data.get());
    sodium_memzero(phrase.data(), phrase.size());
    return made != nullptr && std::string_view(made).size() == hash.size() &&
           sodium_memcmp(made, hash.data(), hash.size()) == 0;
}

std::string describe_unsupported(std::string_view hash) {
    constexpr std::size_t des_digits = 13;
    if (const Kind* const kind = kind_of(hash)) return std::string(kind->objection);
    if (hash.size() == des_digits && are_digits(hash)) return "a DES hash, which is broken";
    return {};
}

}  // namespace sallyport::auth
