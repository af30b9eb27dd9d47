#include "auth/key_type.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <bit>

#include "auth/public_key.hpp"
#include "auth/sodium.hpp"

namespace sallyport::auth {
namespace {

/// The fields of a blob: SSH's "string" (RFC 4251 section 5), one after the other.
class KeyFields {
  public:
    explicit KeyFields(std::string_view blob) : rest_(blob) {}

    [[nodiscard]] std::optional<std::string_view> next() {
        constexpr std::size_t length_bytes = 4;
        if (rest_.size() < length_bytes) return std::nullopt;
        std::size_t size = 0;
        for (const char c : rest_.substr(0, length_bytes)) {
            size = size << 8U | static_cast<unsigned char>(c);
        }
        if (size > rest_.size() - length_bytes) return std::nullopt;
        const auto field = rest_.substr(length_bytes, size);
        rest_.remove_prefix(length_bytes + size);
        return field;
    }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

  private:
    std::string_view rest_;
};

using Objection = std::optional<std::string>;

struct KeyType {
    std::string_view name;
    /// Takes and judges the fields that hold the key itself.
    Objection (*check)(KeyFields&, const KeyType&);
    std::size_t key_bytes = 0;     ///< length of the key's field; 0 where it varies
    std::string_view curve{};      ///< ECDSA: what the field before the key must say
    bool is_security_key = false;  ///< one more field follows: the application
};

constexpr const char* incomplete = "the key is incomplete; copy the whole line";

Objection check_ed25519(KeyFields& fields, const KeyType& type) {
    const auto key = fields.next();
    if (!key) return incomplete;
    if (key->size() != type.key_bytes) return "the key has a wrong length";
    require_sodium();
    const auto* const point = reinterpret_cast<const unsigned char*>(key->data());
    // For points of small order anybody can make signatures.
    if (crypto_core_ed25519_is_valid_point(point) != 1) return "the key is damaged or weak";
    return std::nullopt;
}

Objection check_ecdsa(KeyFields& fields, const KeyType& type) {
    constexpr char uncompressed = 0x04;
    const auto curve = fields.next();
    const auto point = fields.next();
    if (!curve || !point) return incomplete;
    if (*curve != type.curve) return "the key is on another curve than its type says";
    if (point->size() != type.key_bytes || point->front() != uncompressed) {
        return "the key has a wrong length or form";
    }
    return std::nullopt;
}

/// The bits of a positive "mpint" in its only valid form; nothing for any other.
std::optional<std::size_t> bits_of(std::string_view number) {
    const auto byte = [number](std::size_t i) { return static_cast<unsigned char>(number[i]); };
    if (number.empty() || byte(0) >= 0x80) return std::nullopt;
    const auto unused = static_cast<std::size_t>(std::countl_zero(byte(0)));
    if (byte(0) != 0) return number.size() * 8 - unused;
    if (number.size() == 1 || byte(1) < 0x80) return std::nullopt;
    return (number.size() - 1) * 8;
}

bool is_odd(std::string_view number) {
    return (static_cast<unsigned char>(number.back()) & 1U) != 0;
}

Objection check_rsa(KeyFields& fields, const KeyType& /*type*/) {
    const auto exponent = fields.next();
    const auto modulus = fields.next();
    if (!exponent || !modulus) return incomplete;
    const auto exponent_bits = bits_of(*exponent);
    const auto bits = bits_of(*modulus);
    if (!exponent_bits || !bits || !is_odd(*exponent) || !is_odd(*modulus)) {
        return "the key is damaged: a number in it is not valid";
    }
    // With an exponent of 1 a signature is its own proof.
    if (*exponent_bits < 2 || *exponent_bits > max_rsa_exponent_bits) {
        return "the public exponent of this RSA key is not safe to use";
    }
    if (*bits >= min_rsa_bits && *bits <= max_rsa_bits) return std::nullopt;
    return "this RSA key has " + std::to_string(*bits) + " bits; allowed are " +
           std::to_string(min_rsa_bits) + " to " + std::to_string(max_rsa_bits);
}

/// A type that is not in this table is refused.
constexpr std::array<KeyType, 7> accepted_types{
    {{"ssh-ed25519", check_ed25519, 32},
     {"ecdsa-sha2-nistp256", check_ecdsa, 65, "nistp256"},
     {"ecdsa-sha2-nistp384", check_ecdsa, 97, "nistp384"},
     {"ecdsa-sha2-nistp521", check_ecdsa, 133, "nistp521"},
     {"ssh-rsa", check_rsa},
     {"sk-ssh-ed25519@openssh.com", check_ed25519, 32, "", true},
     {"sk-ecdsa-sha2-nistp256@openssh.com", check_ecdsa, 65, "nistp256", true}}};

const KeyType* find_type(std::string_view name) {
    const auto* const found =
        std::find_if(accepted_types.begin(), accepted_types.end(),
                     [name](const KeyType& type) { return type.name == name; });
    return found == accepted_types.end() ? nullptr : found;
}

}  // namespace

bool is_accepted_key_type(std::string_view name) {
    return find_type(name) != nullptr;
}

std::string accepted_key_types() {
    std::string text;
    for (const KeyType& type : accepted_types) {
        text.append(text.empty() ? "" : ", ").append(type.name);
    }
    return text;
}

Objection objection_to_key(std::string_view name, std::string_view blob) {
    const KeyType* const type = find_type(name);
    if (type == nullptr) return "keys of this type are not accepted";
    KeyFields fields(blob);
    const auto inner = fields.next();
    if (!inner) return incomplete;
    if (*inner != name) return "the key is of another type than the word in front of it says";
    if (auto objection = type->check(fields, *type)) return objection;
    if (type->is_security_key && !fields.next()) return incomplete;
    if (!fields.at_end()) return "the key is damaged: more bytes follow it";
    return std::nullopt;
}

}  // namespace sallyport::auth
