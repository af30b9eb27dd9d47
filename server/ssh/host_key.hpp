#pragma once

#include <filesystem>
#include <string>
#include <variant>

#include "auth/secret.hpp"
#include "server/ssh/handles.hpp"

namespace sallyport::server::ssh {

/// A private key that the server proves itself with. Movable.
class HostKey {
  public:
    /// Reads an unencrypted private key, ed25519 or RSA of 3,072 bits or more, in OpenSSH's or PEM
    /// form. A sentence on failure, without the path.
    [[nodiscard]] static std::variant<HostKey, std::string> load(const std::filesystem::path& file);

    enum class Type { ed25519, rsa };
    /// A new key; RSA with 4,096 bits takes a second or so. Throws std::runtime_error.
    [[nodiscard]] static HostKey generate(Type type);

    /// "ssh-ed25519" or "ssh-rsa".
    [[nodiscard]] std::string type() const;
    /// "SHA256:...", as clients show it.
    [[nodiscard]] std::string fingerprint() const;
    /// "TYPE BASE64", as in a known_hosts file.
    [[nodiscard]] std::string public_line() const;
    /// The private key as the text of a file, for `load`.
    [[nodiscard]] auth::Secret private_text() const;

    /// A copy for whoever takes it over.
    [[nodiscard]] KeyHandle duplicate() const;

  private:
    explicit HostKey(KeyHandle key) : key_(std::move(key)) {}

    KeyHandle key_;
};

}  // namespace sallyport::server::ssh
