#pragma once

#include <openssl/ssl.h>

#include "config/config.hpp"
#include "server/tls/context.hpp"

namespace sallyport::tls {

/// Sets protocol versions, cipher suites, groups, options, ALPN and the session cache. False when
/// OpenSSL refuses one of them.
[[nodiscard]] bool apply_parameters(SSL_CTX& context, config::TlsVersion min_version);

/// Sets what differs between control and data connections.
void apply_purpose(SSL& ssl, Purpose purpose);

}  // namespace sallyport::tls
