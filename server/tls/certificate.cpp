#include "server/tls/certificate.hpp"

#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/evp.h>

#include <ctime>

namespace sallyport::tls {
namespace {

constexpr int min_rsa_bits = 2048;

std::chrono::sys_seconds to_time(const ASN1_TIME* time) {
    std::tm parts{};
    ASN1_TIME_to_tm(time, &parts);
    return std::chrono::floor<std::chrono::seconds>(
        std::chrono::system_clock::from_time_t(timegm(&parts)));
}

}  // namespace

std::string fingerprint_of(const X509& certificate) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    X509_digest(&certificate, EVP_sha256(), digest, &size);
    return fmt::format("{:02X}", fmt::join(digest, digest + size, ":"));
}

std::chrono::sys_seconds expiry_of(const X509& certificate) {
    return to_time(X509_get0_notAfter(&certificate));
}

std::optional<std::string> unusable(const X509& certificate) {
    if (X509_cmp_current_time(X509_get0_notAfter(&certificate)) < 0)
        return "the certificate has expired";
    if (X509_cmp_current_time(X509_get0_notBefore(&certificate)) > 0) {
        return "the certificate is not valid yet";
    }
    const EVP_PKEY* key = X509_get0_pubkey(&certificate);
    if (EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) < min_rsa_bits) {
        return fmt::format("the certificate's RSA key has {} bits; at least {} are needed",
                           EVP_PKEY_get_bits(key), min_rsa_bits);
    }
    return std::nullopt;
}

}  // namespace sallyport::tls
