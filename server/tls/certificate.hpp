#pragma once

#include <openssl/x509.h>

#include <chrono>
#include <optional>
#include <string>

namespace sallyport::tls {

/// SHA-256 over the DER form, upper-case hex with colons, as browsers and openssl(1) print it.
[[nodiscard]] std::string fingerprint_of(const X509& certificate);

[[nodiscard]] std::chrono::sys_seconds expiry_of(const X509& certificate);

/// Why this certificate cannot serve now, as one sentence part: expired, not yet valid, or a key
/// that is too weak (RSA below 2048 bits). Nothing when it can.
[[nodiscard]] std::optional<std::string> unusable(const X509& certificate);

}  // namespace sallyport::tls
