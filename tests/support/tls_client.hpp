#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <memory>
#include <string>
#include <string_view>

namespace sallyport::test {

struct SessionDeleter {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using TlsSession = std::unique_ptr<SSL_SESSION, SessionDeleter>;

/// What a client insists on.
struct TlsClientOptions {
    int version = 0;                ///< the only one it speaks; 0: any
    const char* ciphers = nullptr;  ///< of TLS 1.2 and before
    bool tickets = true;
    std::string alpn = {};  ///< names with their lengths before them
    SSL_SESSION* resume = nullptr;
};

/// A TLS client on a connected socket that stays the caller's. Blocks, but not for ever.
class TlsClient {
  public:
    explicit TlsClient(int descriptor, const TlsClientOptions& options = {})
        : descriptor_(descriptor), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
        const timeval patience{.tv_sec = 30, .tv_usec = 0};
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        SSL_CTX_set_min_proto_version(context_.get(), options.version);
        SSL_CTX_set_max_proto_version(context_.get(), options.version);
        if (options.ciphers != nullptr) SSL_CTX_set_cipher_list(context_.get(), options.ciphers);
        if (!options.tickets) SSL_CTX_set_options(context_.get(), SSL_OP_NO_TICKET);
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_fd(ssl_.get(), descriptor);
        const auto* names = reinterpret_cast<const unsigned char*>(options.alpn.data());
        SSL_set_alpn_protos(ssl_.get(), names, static_cast<unsigned>(options.alpn.size()));
        if (options.resume != nullptr) SSL_set_session(ssl_.get(), options.resume);
    }

    /// False: refused; `reason` tells why.
    [[nodiscard]] bool handshake() { return done(SSL_connect(ssl_.get())); }
    [[nodiscard]] bool send(std::string_view text) {
        return done(SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())));
    }
    /// What one read brings; empty at the end.
    [[nodiscard]] std::string receive() {
        std::string text(16384, '\0');
        const int count = SSL_read(ssl_.get(), text.data(), static_cast<int>(text.size()));
        text.resize(done(count) ? static_cast<std::size_t>(count) : 0);
        return text;
    }
    /// Says close_notify, then FIN.
    void close() {
        SSL_shutdown(ssl_.get());
        hang_up();
    }
    /// FIN without close_notify.
    void hang_up() const { ::shutdown(descriptor_, SHUT_WR); }

    [[nodiscard]] bool saw_close_notify() const {
        return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
    }
    [[nodiscard]] bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
    [[nodiscard]] std::string alpn() const {
        const unsigned char* name = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(ssl_.get(), &name, &size);
        return {reinterpret_cast<const char*>(name), size};
    }
    /// What can be resumed. With TLS 1.3 the ticket arrives with the first `receive`.
    [[nodiscard]] TlsSession session() const { return TlsSession(SSL_get1_session(ssl_.get())); }
    /// OpenSSL's reason code of the first call that failed.
    [[nodiscard]] int reason() const { return reason_; }
    [[nodiscard]] SSL* native() const { return ssl_.get(); }

  private:
    bool done(int returned) {
        if (returned > 0) return true;
        if (reason_ == 0) reason_ = ERR_GET_REASON(ERR_peek_error());
        ERR_clear_error();
        return false;
    }

    struct SslDeleter {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };

    int descriptor_;
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
    std::unique_ptr<SSL, SslDeleter> ssl_;
    int reason_ = 0;
};

}  // namespace sallyport::test
