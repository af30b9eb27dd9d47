#include "server/tls/self_signed.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

#include "server/tls/certificate.hpp"

namespace sallyport::tls {
namespace {

template <auto release>
struct Release {
    template <class T>
    void operator()(T* object) const {
        release(object);
    }
};
template <class T, auto release>
using Owned = std::unique_ptr<T, Release<release>>;

using Bio = Owned<BIO, BIO_free_all>;
using BigNumber = Owned<BIGNUM, BN_free>;
using Certificate = Owned<X509, X509_free>;
using Extension = Owned<X509_EXTENSION, X509_EXTENSION_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Name = Owned<GENERAL_NAME, GENERAL_NAME_free>;
using Names = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;
using Octets = Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;

/// RFC 5280 allows 20 bytes; one bit less keeps the number positive.
constexpr int serial_bits = 159;
/// Longest common name that X.520 allows, in bytes.
constexpr std::size_t max_common_name = 64;
/// Longest DNS name and longest label, in bytes (RFC 1035).
constexpr std::size_t max_dns_name = 253;
constexpr std::size_t max_label = 63;
/// Lets clients whose clock is a little slow accept a certificate made just now.
constexpr std::chrono::hours clock_slack{1};

void require(bool done, std::string_view step) {
    if (!done) throw std::runtime_error(fmt::format("OpenSSL cannot {}", step));
}

template <class Pointer>
Pointer required(Pointer made, std::string_view step) {
    require(made != nullptr, step);
    return made;
}

Octets address_of(const std::string& host) {
    return Octets(a2i_IPADDRESS(host.c_str()));
}

bool is_label(std::string_view label) {
    if (label.empty() || label.size() > max_label) return false;
    if (label.front() == '-' || label.back() == '-') return false;
    return std::all_of(label.begin(), label.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-';
    });
}

bool is_dns_name(std::string_view host) {
    if (host.size() > max_dns_name) return false;
    while (true) {
        const std::size_t dot = host.find('.');
        if (!is_label(host.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        host.remove_prefix(dot + 1);
    }
}

void add_name(GENERAL_NAMES& names, const std::string& host) {
    Name name = required(Name(GENERAL_NAME_new()), "make a name");
    if (Octets address = address_of(host)) {
        GENERAL_NAME_set0_value(name.get(), GEN_IPADD, address.release());
    } else {
        auto text = required(Owned<ASN1_IA5STRING, ASN1_IA5STRING_free>(ASN1_IA5STRING_new()),
                             "make a name");
        const auto length = static_cast<int>(host.size());
        require(ASN1_STRING_set(text.get(), host.data(), length) == 1, "make a name");
        GENERAL_NAME_set0_value(name.get(), GEN_DNS, text.release());
    }
    require(sk_GENERAL_NAME_push(&names, name.get()) > 0, "keep a name");
    static_cast<void>(name.release());
}

void set_alternative_names(X509& certificate, const std::string& host) {
    const Names names = required(Names(GENERAL_NAMES_new()), "make a list of names");
    const std::array<std::string, 3> always{"localhost", "127.0.0.1", "::1"};
    if (std::find(always.begin(), always.end(), host) == always.end()) add_name(*names, host);
    for (const std::string& name : always) add_name(*names, name);
    require(X509_add1_ext_i2d(&certificate, NID_subject_alt_name, names.get(), 0, 0) == 1,
            "set the names");
}

void set_extension(X509& certificate, int kind, const char* value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
    const Extension extension = required(
        Extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value)), "make an extension");
    require(X509_add_ext(&certificate, extension.get(), -1) == 1, "add an extension");
}

void set_serial(X509& certificate) {
    const BigNumber number = required(BigNumber(BN_new()), "make a number");
    require(BN_rand(number.get(), serial_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1,
            "make a random number");
    require(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate)) != nullptr,
            "set the serial number");
}

void set_subject(X509& certificate, const std::string& host) {
    const std::string common_name = host.size() <= max_common_name ? host : "sallyport";
    X509_NAME* subject = X509_get_subject_name(&certificate);
    const auto* bytes = reinterpret_cast<const unsigned char*>(common_name.data());
    const auto length = static_cast<int>(common_name.size());
    require(X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, bytes, length, -1,
                                       0) == 1,
            "set the subject");
    require(X509_set_issuer_name(&certificate, subject) == 1, "set the issuer");
}

void set_validity(X509& certificate, std::chrono::system_clock::time_point now) {
    using Clock = std::chrono::system_clock;
    const Clock::time_point from = now - clock_slack;
    const std::time_t first = Clock::to_time_t(from);
    const std::time_t last = Clock::to_time_t(from + self_signed_lifetime);
    require(ASN1_TIME_set(X509_getm_notBefore(&certificate), first) != nullptr &&
                ASN1_TIME_set(X509_getm_notAfter(&certificate), last) != nullptr,
            "set the validity");
}

Certificate make_certificate(EVP_PKEY& key, const std::string& host,
                             std::chrono::system_clock::time_point now) {
    Certificate certificate = required(Certificate(X509_new()), "make a certificate");
    require(X509_set_version(certificate.get(), X509_VERSION_3) == 1, "set the version");
    set_serial(*certificate);
    set_subject(*certificate, host);
    set_validity(*certificate, now);
    require(X509_set_pubkey(certificate.get(), &key) == 1, "set the public key");
    set_extension(*certificate, NID_basic_constraints, "critical,CA:FALSE");
    set_extension(*certificate, NID_key_usage, "critical,digitalSignature");
    set_extension(*certificate, NID_ext_key_usage, "serverAuth");
    set_extension(*certificate, NID_subject_key_identifier, "hash");
    set_alternative_names(*certificate, host);
    require(X509_sign(certificate.get(), &key, EVP_sha256()) > 0, "sign the certificate");
    return certificate;
}

std::string_view bytes_of(BIO& memory) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(&memory, &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

std::string certificate_text(X509& certificate) {
    const Bio memory = required(Bio(BIO_new(BIO_s_mem())), "allocate memory");
    require(PEM_write_bio_X509(memory.get(), &certificate) == 1, "write the certificate");
    return std::string(bytes_of(*memory));
}

auth::Secret key_text(EVP_PKEY& key) {
    const Bio memory = required(Bio(BIO_new(BIO_s_secmem())), "allocate memory");
    require(
        PEM_write_bio_PrivateKey(memory.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
        "write the key");
    return auth::Secret(bytes_of(*memory));
}

}  // namespace

bool is_host(std::string_view host) {
    return is_dns_name(host) || address_of(std::string(host)) != nullptr;
}

SelfSigned make_self_signed(std::string_view host, std::chrono::system_clock::time_point now) {
    if (!is_host(host)) throw std::invalid_argument("not a DNS name or IP address");
    const Key key = required(Key(EVP_EC_gen("P-256")), "make a key");
    const Certificate certificate = make_certificate(*key, std::string(host), now);
    return {certificate_text(*certificate), key_text(*key)};
}

std::string fingerprint(std::string_view certificate_pem) {
    const Bio memory(
        BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())));
    const Certificate certificate(
        memory ? PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr) : nullptr);
    return certificate ? fingerprint_of(*certificate) : "";
}

}  // namespace sallyport::tls
