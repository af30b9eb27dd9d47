#pragma once

#include <openssl/ssl.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>

#include "config/config.hpp"

namespace sallyport::tls {

/// Ties TLS sessions to one control connection: set as session id context on its TLS object and on
/// those of its data connections, so that a session or ticket of another control connection is
/// never resumed here.
class SessionBinding {
  public:
    /// A fresh random binding.
    [[nodiscard]] static SessionBinding make();
    [[nodiscard]] const std::array<unsigned char, 32>& id() const { return id_; }

  private:
    std::array<unsigned char, 32> id_{};
};

/// What a TLS connection is for; decides about ALPN names and buffers.
enum class Purpose { control, data };

struct SslDeleter {
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
};
using SslHandle = std::unique_ptr<SSL, SslDeleter>;

/// Why a certificate or key cannot be used: the file, and one sentence part.
struct LoadProblem {
    std::filesystem::path file;
    std::string reason;
};

/// The server's certificate and TLS parameters (TLS 1.2 and 1.3 only, AEAD suites with forward
/// secrecy, no renegotiation, no compression, no early data). With `client_ca`, clients are asked
/// for a certificate on control connections, and need not have one; one that its authorities have
/// not issued, that is not valid now or not meant for clients ends the handshake. Immutable and
/// thread-safe; connections keep the one they began with alive.
class Context {
  public:
    /// Reads certificates and key. Blocks.
    [[nodiscard]] static std::variant<std::shared_ptr<const Context>, LoadProblem> load(
        const config::Tls& options);

    /// A TLS object on `descriptor`, which stays the caller's. Null when memory is short.
    [[nodiscard]] SslHandle make_connection(int descriptor, const SessionBinding& binding,
                                            Purpose purpose) const;

    /// When the certificate ends.
    [[nodiscard]] std::chrono::sys_seconds expires() const { return expires_; }
    /// SHA-256 of the leaf certificate, "AB:CD:...".
    [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }

  private:
    struct ContextDeleter {
        void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
    };

    Context() = default;

    std::unique_ptr<SSL_CTX, ContextDeleter> context_;
    std::chrono::sys_seconds expires_;
    std::string fingerprint_;
};

}  // namespace sallyport::tls
