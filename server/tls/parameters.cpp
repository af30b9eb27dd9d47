#include "server/tls/parameters.hpp"

#include <array>
#include <span>
#include <string_view>

namespace sallyport::tls {
namespace {

constexpr auto suites_1_3 =
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
constexpr auto suites_1_2 =
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256";
// No finite-field groups: they let a client burn our processor (D(HE)at, CVE-2002-20001).
constexpr auto groups = "X25519:P-256:P-384";

/// TLS 1.2 sessions kept for clients that know session ids but no tickets. Bounded: each is about 1
/// KiB.
constexpr long max_cached_sessions = 4096;
/// How long a session or ticket can be resumed, in seconds: a day of transfers over one control
/// connection.
constexpr long session_lifetime = 24 * 60 * 60;
/// Tickets sent after a handshake. Each resumes once; one suffices because every data connection
/// brings another.
constexpr std::size_t tickets_per_handshake = 1;
/// Bytes that one system call may bring on a data connection: several TLS records at once.
constexpr std::size_t data_read_ahead = 128 * 1024;

/// ALPN (RFC 7301): a client that offers names must offer ours, so that a browser tricked into
/// speaking to us fails the handshake (ALPACA).
int select_alpn(SSL*, const unsigned char** out, unsigned char* out_size,
                const unsigned char* offered, unsigned offered_size, void*) {
    // "ftp-data" is what FileZilla offers on data connections.
    constexpr std::array<std::string_view, 2> ours{"ftp", "ftp-data"};
    std::span<const unsigned char> rest(offered, offered_size);
    while (!rest.empty() && rest.size() > rest[0]) {
        const std::size_t size = rest[0];
        const std::string_view name(reinterpret_cast<const char*>(rest.data()) + 1, size);
        for (auto word : ours) {
            if (name == word) {
                *out = rest.data() + 1;
                *out_size = static_cast<unsigned char>(size);
                return SSL_TLSEXT_ERR_OK;
            }
        }
        rest = rest.subspan(size + 1);
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

bool apply_parameters(SSL_CTX& context, config::TlsVersion min_version) {
    const int least = min_version == config::TlsVersion::v1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
    SSL_CTX_set_options(&context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                      SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_CLEANSE_PLAINTEXT);
    SSL_CTX_set_mode(&context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                   SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // With it one call would read on and on while records without data keep coming.
    SSL_CTX_clear_mode(&context, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_SERVER);
    SSL_CTX_sess_set_cache_size(&context, max_cached_sessions);
    SSL_CTX_set_timeout(&context, session_lifetime);
    SSL_CTX_set_alpn_select_cb(&context, select_alpn, nullptr);
    return SSL_CTX_set_min_proto_version(&context, least) == 1 &&
           SSL_CTX_set_max_early_data(&context, 0) == 1 &&
           SSL_CTX_set_num_tickets(&context, tickets_per_handshake) == 1 &&
           SSL_CTX_set_cipher_list(&context, suites_1_2) == 1 &&
           SSL_CTX_set_ciphersuites(&context, suites_1_3) == 1 &&
           SSL_CTX_set1_groups_list(&context, groups) == 1;
}

bool apply_client_parameters(SSL_CTX& context) {
    SSL_CTX_set_options(&context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                      SSL_OP_NO_TICKET | SSL_OP_CLEANSE_PLAINTEXT);
    SSL_CTX_set_mode(&context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                   SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_clear_mode(&context, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, nullptr);
    return SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(&context, suites_1_2) == 1 &&
           SSL_CTX_set_ciphersuites(&context, suites_1_3) == 1 &&
           SSL_CTX_set1_groups_list(&context, groups) == 1;
}

void apply_purpose(SSL& ssl, Purpose purpose) {
    if (purpose == Purpose::control) return;
    // Who the client is was told on the control connection.
    SSL_set_verify(&ssl, SSL_VERIFY_NONE, nullptr);
    // File bytes go to disk anyway; wiping each record after use costs a pass over memory.
    SSL_clear_options(&ssl, SSL_OP_CLEANSE_PLAINTEXT);
    // A client that only sends would leave the ticket unread, and its close would then be a reset
    // that drops what it still had to send. The ticket comes with our close_notify instead.
    SSL_set_num_tickets(&ssl, 0);
    SSL_set_read_ahead(&ssl, 1);
    SSL_set_default_read_buffer_len(&ssl, data_read_ahead);
}

}  // namespace sallyport::tls
