#pragma once

#include <openssl/ssl.h>

#include <filesystem>
#include <optional>

#include "auth/certificate.hpp"

namespace sallyport::tls {

/// Longest chain between a client's certificate and an authority. Stops chains that take long to
/// verify.
inline constexpr int max_client_chain = 5;

/// Has each control connection ask for a client certificate that one of the authorities in the PEM
/// file has issued (RFC 5280 section 6); clients may go on without. False when the file holds no
/// authority: OpenSSL's error queue says why. Blocks.
[[nodiscard]] bool ask_for_certificates(SSL_CTX& context, const std::filesystem::path& authorities);

/// What the client has shown, if it has shown one; it has been verified then.
[[nodiscard]] std::optional<auth::Certificate> client_certificate(const SSL& ssl);

/// True when the handshake failed because the client's certificate was not accepted.
[[nodiscard]] bool refused_certificate(const SSL& ssl);

}  // namespace sallyport::tls
