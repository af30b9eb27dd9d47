#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>

/// Certificates and keys, good and bad, made for one test.
namespace sallyport::test {

struct KeyDeleter {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyDeleter>;

inline Key elliptic_key() {
    return Key(EVP_EC_gen("P-256"));
}
inline Key rsa_key(std::size_t bits) {
    return Key(EVP_RSA_gen(bits));
}

/// When a certificate is good, counted from now.
struct Validity {
    std::chrono::seconds from = -std::chrono::hours(1);
    std::chrono::seconds to = std::chrono::hours(24);
};

using File = std::unique_ptr<FILE, int (*)(FILE*)>;

inline File writing(const std::filesystem::path& path) {
    File file(fopen(path.c_str(), "w"), fclose);
    if (!file) throw std::runtime_error("cannot write " + path.string());
    return file;
}

inline void require(int done) {
    if (done != 1) throw std::runtime_error("OpenSSL refuses");
}

/// A self-signed certificate for localhost, as PEM.
inline void write_certificate(const std::filesystem::path& path, const Key& key,
                              Validity validity = {}) {
    const std::unique_ptr<X509, void (*)(X509*)> made(X509_new(), X509_free);
    X509* certificate = made.get();
    require(X509_set_version(certificate, X509_VERSION_3));
    require(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1));
    X509_gmtime_adj(X509_getm_notBefore(certificate), validity.from.count());
    X509_gmtime_adj(X509_getm_notAfter(certificate), validity.to.count());
    X509_NAME* name = X509_get_subject_name(certificate);
    const auto* host = reinterpret_cast<const unsigned char*>("localhost");
    require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, host, -1, -1, 0));
    require(X509_set_issuer_name(certificate, name));
    require(X509_set_pubkey(certificate, key.get()));
    if (X509_sign(certificate, key.get(), EVP_sha256()) == 0) require(0);
    require(PEM_write_X509(writing(path).get(), certificate));
}

/// Without a passphrase, the key as it is; with one, encrypted.
inline void write_key(const std::filesystem::path& path, const Key& key,
                      const char* passphrase = nullptr) {
    const EVP_CIPHER* cipher = passphrase != nullptr ? EVP_aes_256_cbc() : nullptr;
    // The last argument is what OpenSSL calls its callback's data; without a callback it is a
    // passphrase.
    require(PEM_write_PKCS8PrivateKey(writing(path).get(), key.get(), cipher, nullptr, 0, nullptr,
                                      const_cast<char*>(passphrase)));
}

}  // namespace sallyport::test
