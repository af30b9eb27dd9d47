#include "server/tls/context.hpp"

#include <openssl/err.h>
#include <openssl/rand.h>

#include <stdexcept>
#include <string_view>

#include "server/tls/certificate.hpp"
#include "server/tls/client_certificate.hpp"
#include "server/tls/parameters.hpp"

namespace sallyport::tls {
namespace {

std::string openssl_reason() {
    const auto code = ERR_peek_last_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    ERR_clear_error();
    return reason ? reason : "unknown error";
}

}  // namespace

SessionBinding SessionBinding::make() {
    SessionBinding binding;
    // Without randomness a foreign session could be resumed, so there is no way on.
    if (RAND_bytes(binding.id_.data(), static_cast<int>(binding.id_.size())) != 1) {
        throw std::runtime_error("no randomness for a TLS session binding");
    }
    return binding;
}

std::variant<std::shared_ptr<const Context>, LoadProblem> Context::load(
    const config::Tls& options) {
    std::shared_ptr<Context> made(new Context);
    made->context_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* context = made->context_.get();
    if (!context || !apply_parameters(*context, options.min_version)) {
        return LoadProblem{options.certificate, "TLS cannot be set up: " + openssl_reason()};
    }
    if (SSL_CTX_use_certificate_chain_file(context, options.certificate.c_str()) != 1) {
        return LoadProblem{options.certificate, "no usable PEM certificate: " + openssl_reason()};
    }
    // An encrypted key would ask for its passphrase on the terminal, at a reload too.
    SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return -1; });
    if (SSL_CTX_use_PrivateKey_file(context, options.key.c_str(), SSL_FILETYPE_PEM) != 1) {
        return LoadProblem{options.key,
                           "no PEM private key that fits the certificate: " + openssl_reason()};
    }
    // OpenSSL keeps one certificate for each kind of key, so a pair that does not fit is no error
    // above.
    if (SSL_CTX_check_private_key(context) != 1) {
        return LoadProblem{options.key,
                           "the key does not fit the certificate: " + openssl_reason()};
    }
    if (!options.client_ca.empty() && !ask_for_certificates(*context, options.client_ca)) {
        return LoadProblem{options.client_ca,
                           "no usable PEM certificates of authorities: " + openssl_reason()};
    }
    const X509* leaf = SSL_CTX_get0_certificate(context);
    if (const auto reason = unusable(*leaf)) {
        return LoadProblem{options.certificate, *reason};
    }
    made->expires_ = expiry_of(*leaf);
    made->fingerprint_ = fingerprint_of(*leaf);
    return std::shared_ptr<const Context>(std::move(made));
}

SslHandle Context::make_connection(int descriptor, const SessionBinding& binding,
                                   Purpose purpose) const {
    SslHandle ssl(SSL_new(context_.get()));
    if (!ssl || SSL_set_fd(ssl.get(), descriptor) != 1) return nullptr;
    const auto& id = binding.id();
    if (SSL_set_session_id_context(ssl.get(), id.data(), static_cast<unsigned>(id.size())) != 1)
        return nullptr;
    apply_purpose(*ssl, purpose);
    SSL_set_accept_state(ssl.get());
    return ssl;
}

}  // namespace sallyport::tls
