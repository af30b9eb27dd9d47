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

/// SHA-256 fingerprint of the first certificate in a file; empty when there is none.
[[nodiscard]] std::string fingerprint_of(const std::filesystem::path& certificate);

}  // namespace sallyport::cli
