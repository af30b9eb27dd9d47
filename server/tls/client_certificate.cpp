#include "server/tls/client_certificate.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

#include "storage/hex.hpp"

namespace sallyport::tls {
namespace {

struct FreeBio {
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};

std::string fingerprint_text(const X509& certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (X509_digest(&certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
    return storage::to_hex({digest.data(), size});
}

std::string subject_text(const X509& certificate) {
    const std::unique_ptr<BIO, FreeBio> memory(BIO_new(BIO_s_mem()));
    if (!memory || X509_NAME_print_ex(memory.get(), X509_get_subject_name(&certificate), 0,
                                      XN_FLAG_RFC2253) < 0) {
        return {};
    }
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

}  // namespace

bool ask_for_certificates(SSL_CTX& context, const std::filesystem::path& authorities) {
    if (SSL_CTX_load_verify_file(&context, authorities.c_str()) != 1) return false;
    // Names for the client to choose by; the context takes them over.
    auto* const names = SSL_load_client_CA_file(authorities.c_str());
    if (names == nullptr) return false;
    SSL_CTX_set_client_CA_list(&context, names);
    SSL_CTX_set_verify_depth(&context, max_client_chain);
    SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, nullptr);
    return true;
}

std::optional<auth::Certificate> client_certificate(const SSL& ssl) {
    const X509* const shown = SSL_get0_peer_certificate(&ssl);
    if (shown == nullptr || SSL_get_verify_mode(&ssl) == SSL_VERIFY_NONE ||
        SSL_get_verify_result(&ssl) != X509_V_OK) {
        return std::nullopt;
    }
    auth::Certificate certificate{fingerprint_text(*shown), subject_text(*shown)};
    if (certificate.fingerprint.empty()) return std::nullopt;
    return certificate;
}

bool refused_certificate(const SSL& ssl) {
    return SSL_get_verify_result(&ssl) != X509_V_OK;
}

}  // namespace sallyport::tls
