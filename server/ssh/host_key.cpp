#include "server/ssh/host_key.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <fstream>
#include <stdexcept>
#include <vector>

#include "server/ssh/algorithms.hpp"

namespace sallyport::server::ssh {
namespace {

/// Longest key file looked at, in bytes: RSA keys of 16,384 bits need less.
constexpr std::streamsize max_key_file_bytes = 64 * 1024;
constexpr int generated_rsa_bits = 4096;

/// Called by libssh for the passphrase of a protected key: notes that, and has none.
int no_passphrase(const char*, char*, size_t, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

std::string blob_of(ssh_key key) {
    char* base64 = nullptr;
    if (ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK) throw std::bad_alloc();
    const TextHandle owner(base64);
    return base64;
}

/// Bits of the modulus in an RSA public key: string "ssh-rsa", mpint e, mpint n (RFC 4253 section
/// 6.6).
int rsa_bits(ssh_key key) {
    const std::string base64 = blob_of(key);
    std::vector<unsigned char> blob(base64.size());
    std::size_t size = 0;
    if (sodium_base642bin(blob.data(), blob.size(), base64.data(), base64.size(), nullptr, &size,
                          nullptr, sodium_base64_VARIANT_ORIGINAL) != 0) {
        return 0;
    }
    std::size_t at = 0;
    std::size_t length = 0;
    for (int field = 0; field < 3; ++field) {
        at += length;
        if (size - at < 4) return 0;
        length = std::size_t{blob[at]} << 24 | std::size_t{blob[at + 1]} << 16 |
                 std::size_t{blob[at + 2]} << 8 | blob[at + 3];
        at += 4;
        if (size - at < length) return 0;
    }
    if (length != 0 && blob[at] == 0) --length;
    return static_cast<int>(length * 8);
}

/// Why this key cannot be a host key; empty if it can.
std::string problem_of(ssh_key key) {
    switch (ssh_key_type(key)) {
        case SSH_KEYTYPE_ED25519:
            return {};
        case SSH_KEYTYPE_RSA:
            if (rsa_bits(key) >= algorithms::min_host_rsa_bits) return {};
            return fmt::format("RSA keys need at least {} bits", algorithms::min_host_rsa_bits);
        default:
            return fmt::format("a host key is ed25519 or RSA, not {}",
                               ssh_key_type_to_char(ssh_key_type(key)));
    }
}

}  // namespace

std::variant<HostKey, std::string> HostKey::load(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return std::string("cannot be read");
    std::vector<char> text(static_cast<std::size_t>(max_key_file_bytes) + 1);
    stream.read(text.data(), max_key_file_bytes);
    const bool whole = stream.gcount() < max_key_file_bytes;
    ssh_key key = nullptr;
    bool protected_by_passphrase = false;
    const int imported = whole ? ssh_pki_import_privkey_base64(text.data(), nullptr, no_passphrase,
                                                               &protected_by_passphrase, &key)
                               : SSH_ERROR;
    sodium_memzero(text.data(), text.size());
    if (protected_by_passphrase) return std::string("is protected by a passphrase; remove it");
    if (imported != SSH_OK) return std::string("is no private key in OpenSSH or PEM form");
    HostKey loaded{KeyHandle(key)};
    if (auto problem = problem_of(key); !problem.empty()) return problem;
    return loaded;
}

HostKey HostKey::generate(Type type) {
    ssh_key key = nullptr;
    const int made = type == Type::rsa ? ssh_pki_generate(SSH_KEYTYPE_RSA, generated_rsa_bits, &key)
                                       : ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key);
    if (made != SSH_OK) throw std::runtime_error("cannot make an SSH host key");
    return HostKey{KeyHandle(key)};
}

std::string HostKey::type() const {
    return ssh_key_type_to_char(ssh_key_type(key_.get()));
}

std::string HostKey::fingerprint() const {
    unsigned char* hash = nullptr;
    std::size_t size = 0;
    if (ssh_get_publickey_hash(key_.get(), SSH_PUBLICKEY_HASH_SHA256, &hash, &size) != 0) {
        throw std::bad_alloc();
    }
    const TextHandle text(ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size));
    ssh_clean_pubkey_hash(&hash);
    if (!text) throw std::bad_alloc();
    return text.get();
}

std::string HostKey::public_line() const {
    return type() + " " + blob_of(key_.get());
}

auth::Secret HostKey::private_text() const {
    char* text = nullptr;
    if (ssh_pki_export_privkey_base64(key_.get(), nullptr, nullptr, nullptr, &text) != SSH_OK) {
        throw std::runtime_error("cannot write an SSH host key");
    }
    const TextHandle owner(text);
    auth::Secret secret{std::string_view(text)};
    sodium_memzero(text, secret.size());
    return secret;
}

KeyHandle HostKey::duplicate() const {
    return KeyHandle(ssh_key_dup(key_.get()));
}

}  // namespace sallyport::server::ssh
