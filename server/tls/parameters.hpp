#pragma once

#include <openssl/ssl.h>

#include "config/config.hpp"
#include "server/tls/context.hpp"

namespace sallyport::tls {

/// Sets protocol versions, cipher suites, groups, options, ALPN and the session cache. False when
/// OpenSSL refuses one of them.
[[nodiscard]] bool apply_parameters(SSL_CTX& context, config::TlsVersion min_version);

/// The same for a client: the same versions, suites and groups, and no session is kept.
[[nodiscard]] bool apply_client_parameters(SSL_CTX& context);

/// Sets what differs between control and data connections.
void apply_purpose(SSL& ssl, Purpose purpose);

}  // namespace sallyport::tls
