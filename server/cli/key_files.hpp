#pragma once

#include <filesystem>
#include <string>

namespace sallyport::cli {

/// Where the certificate and the key of one installation are.
struct TlsFiles {
    explicit TlsFiles(const std::filesystem::path& dir)
        : certificate(dir / "tls" / "fullchain.pem"), key(dir / "tls" / "privkey.pem") {}

    std::filesystem::path certificate;
    std::filesystem::path key;
};

/// Makes both files for `host`, self-signed; the key can be read by its owner alone. Throws
/// std::runtime_error with one sentence, and changes nothing, when either exists.
void make_tls_files(const TlsFiles& files, const std::string& host);

/// Where the host keys of one installation are.
struct HostKeyFiles {
    explicit HostKeyFiles(const std::filesystem::path& dir)
        : ed25519(dir / "ssh" / "ed25519"), rsa(dir / "ssh" / "rsa") {}

    std::filesystem::path ed25519;
    std::filesystem::path rsa;
};

/// Makes both keys, which can be read by their owner alone. Throws std::runtime_error with one
/// sentence, and changes nothing, when either exists.
void make_host_keys(const HostKeyFiles& files);

/// What clients show of a host key and what they keep of it.
struct HostKeyFacts {
    std::string type;         ///< "ssh-ed25519"
    std::string fingerprint;  ///< "SHA256:..."
    std::string public_line;  ///< "ssh-ed25519 AAAA..."
};
/// Throws std::runtime_error with one sentence when the file holds no host key.
[[nodiscard]] HostKeyFacts facts_of(const std::filesystem::path& host_key);

/// SHA-256 fingerprint of the first certificate in a file; empty when there is none.
[[nodiscard]] std::string fingerprint_of(const std::filesystem::path& certificate);

}  // namespace sallyport::cli
