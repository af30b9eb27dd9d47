#include "server/tls/client_context.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>

#include "server/tls/parameters.hpp"

namespace sallyport::tls {
namespace {

bool is_address(const std::string& host) {
    std::array<unsigned char, 16> ignored{};
    return ::inet_pton(AF_INET, host.c_str(), ignored.data()) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), ignored.data()) == 1;
}

/// What the certificate must be for; names of hosts are also told to the server, which may have
/// several.
bool expect(SSL& ssl, const std::string& host) {
    if (is_address(host)) {
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(&ssl), host.c_str()) == 1;
    }
    SSL_set_hostflags(&ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(&ssl, host.c_str()) == 1 &&
           SSL_set_tlsext_host_name(&ssl, host.c_str()) == 1;
}

}  // namespace

std::variant<std::shared_ptr<const ClientContext>, LoadProblem> ClientContext::load(
    const std::filesystem::path& ca) {
    std::shared_ptr<ClientContext> made(new ClientContext);
    made->context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX* context = made->context_.get();
    if (!context || !apply_client_parameters(*context)) {
        return LoadProblem{ca, "TLS cannot be set up"};
    }
    const int trusted = ca.empty() ? SSL_CTX_set_default_verify_paths(context)
                                   : SSL_CTX_load_verify_file(context, ca.c_str());
    ERR_clear_error();
    if (trusted != 1) return LoadProblem{ca, "no usable PEM certificate of an authority"};
    return std::shared_ptr<const ClientContext>(std::move(made));
}

SslHandle ClientContext::make_connection(int descriptor, const std::string& host) const {
    SslHandle ssl(SSL_new(context_.get()));
    if (!ssl || SSL_set_fd(ssl.get(), descriptor) != 1) return nullptr;
    if (!expect(*ssl, host)) return nullptr;
    SSL_set_connect_state(ssl.get());
    return ssl;
}

}  // namespace sallyport::tls
