#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "auth/secret.hpp"

namespace sallyport::tls {

/// How long a self-signed certificate is good for: the longest that current clients accept.
inline constexpr std::chrono::days self_signed_lifetime{397};

struct SelfSigned {
    std::string certificate_pem;
    auth::Secret key_pem;
};

/// True for an IP address, or a DNS name of letters, digits, hyphens and dots that a certificate
/// can carry.
[[nodiscard]] bool is_host(std::string_view host);

/// A new ECDSA P-256 key and a server certificate for `host`, localhost, 127.0.0.1 and ::1, signed
/// by that key and valid from a little before `now`. It identifies a server and cannot sign other
/// certificates. Throws std::invalid_argument unless `is_host(host)`, std::runtime_error when
/// OpenSSL fails.
[[nodiscard]] SelfSigned make_self_signed(std::string_view host,
                                          std::chrono::system_clock::time_point now);

/// SHA-256 of the first certificate in a PEM text, "AB:CD:...", as openssl and clients show it.
/// Empty when there is none.
[[nodiscard]] std::string fingerprint(std::string_view certificate_pem);

}  // namespace sallyport::tls
