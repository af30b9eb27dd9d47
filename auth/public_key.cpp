#include "auth/public_key.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

#include "auth/key_type.hpp"

namespace sallyport::auth {
namespace {

bool is_certificate_type(std::string_view name) {
    return name.ends_with("-cert-v01@openssh.com") || name.ends_with("-cert-v00@openssh.com");
}

bool is_dsa(std::string_view name) {
    return name == "ssh-dss";
}

/// The next word of a line, without the blanks around it; empty at the end.
std::string_view take_word(std::string_view& line) {
    constexpr std::string_view blanks = " \t";
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    const auto word = line.substr(0, line.find_first_of(blanks));
    line.remove_prefix(word.size());
    return word;
}

bool has_type_further_on(std::string_view line) {
    for (auto word = take_word(line); !word.empty(); word = take_word(line)) {
        if (is_accepted_key_type(word) || is_certificate_type(word) || is_dsa(word)) return true;
    }
    return false;
}

/// Why a line that begins with `name`, which is not accepted, is refused.
std::string objection_to_type(std::string_view name, std::string_view rest) {
    if (is_dsa(name)) return "DSA keys are too weak; make one with `ssh-keygen -t ed25519`";
    if (is_certificate_type(name)) return "certificates are not supported; write the key itself";
    if (has_type_further_on(rest)) {
        return "options in front of a key are not supported; write \"TYPE BASE64 COMMENT\"";
    }
    return "not a public key; write the line of a .pub file, \"TYPE BASE64 COMMENT\", with one of "
           "these types: " +
           accepted_key_types();
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

std::optional<std::string> decode_base64(std::string_view text) {
    std::string bytes(text.size(), '\0');
    std::size_t size = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                          text.size(), nullptr, &size, nullptr,
                          sodium_base64_VARIANT_ORIGINAL) != 0) {
        return std::nullopt;
    }
    bytes.resize(size);
    return bytes;
}

}  // namespace

void throw_exception_from_error(const KeyProblem& problem, const boost::source_location&) {
    throw std::runtime_error(problem.sentence);
}

std::string PublicKey::fingerprint() const {
    constexpr int variant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
    crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(blob.data()),
                       blob.size());
    std::array<char, sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, variant)> text{};
    sodium_bin2base64(text.data(), text.size(), digest.data(), digest.size(), variant);
    return std::string("SHA256:") + text.data();
}

boost::system::result<PublicKey, KeyProblem> parse_public_key(std::string_view line) {
    if (line.size() > max_public_key_line_bytes) {
        return KeyProblem{"too long for a public key; at most " +
                          std::to_string(max_public_key_line_bytes) + " bytes are read"};
    }
    if (std::any_of(line.begin(), line.end(), is_control)) {
        return KeyProblem{"a public key is one line without control characters"};
    }
    const auto name = take_word(line);
    if (!is_accepted_key_type(name)) return KeyProblem{objection_to_type(name, line)};
    auto blob = decode_base64(take_word(line));
    if (!blob) return KeyProblem{"the word behind the type is not base64"};
    if (auto objection = objection_to_key(name, *blob)) return KeyProblem{std::move(*objection)};
    return PublicKey{std::string(name), std::move(*blob)};
}

}  // namespace sallyport::auth
