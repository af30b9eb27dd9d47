#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

#include "server/tls/self_signed.hpp"

namespace sallyport::tls {
namespace {

using Clock = std::chrono::system_clock;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

Bio reader(std::string_view text) {
    return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free_all};
}

Certificate parse_certificate(const SelfSigned& made) {
    return {PEM_read_bio_X509(reader(made.certificate_pem).get(), nullptr, nullptr, nullptr),
            X509_free};
}

Key parse_key(const SelfSigned& made) {
    return {PEM_read_bio_PrivateKey(reader(made.key_pem.reveal()).get(), nullptr, nullptr, nullptr),
            EVP_PKEY_free};
}

bool covers(X509& certificate, const char* host) {
    return X509_check_host(&certificate, host, 0, 0, nullptr) == 1;
}
bool covers_address(X509& certificate, const char* address) {
    return X509_check_ip_asc(&certificate, address, 0) == 1;
}

TEST(SelfSigned, KeyMatchesCertificate) {
    const SelfSigned made = make_self_signed("files.example.com", Clock::now());
    const Certificate certificate = parse_certificate(made);
    const Key key = parse_key(made);
    ASSERT_TRUE(certificate && key);
    EXPECT_EQ(X509_check_private_key(certificate.get(), key.get()), 1);
    EXPECT_EQ(X509_verify(certificate.get(), key.get()), 1);
    EXPECT_EQ(EVP_PKEY_get_bits(key.get()), 256);
}

TEST(SelfSigned, CoversItsNameAndThisMachine) {
    const Certificate certificate =
        parse_certificate(make_self_signed("files.example.com", Clock::now()));
    ASSERT_TRUE(certificate);
    EXPECT_TRUE(covers(*certificate, "files.example.com"));
    EXPECT_TRUE(covers(*certificate, "localhost"));
    EXPECT_TRUE(covers_address(*certificate, "127.0.0.1"));
    EXPECT_TRUE(covers_address(*certificate, "::1"));
    EXPECT_FALSE(covers(*certificate, "example.com"));
    EXPECT_FALSE(covers_address(*certificate, "127.0.0.2"));
}

TEST(SelfSigned, AddressIsCoveredAsAddress) {
    const Certificate certificate = parse_certificate(make_self_signed("192.0.2.7", Clock::now()));
    ASSERT_TRUE(certificate);
    EXPECT_TRUE(covers_address(*certificate, "192.0.2.7"));
    EXPECT_FALSE(covers(*certificate, "192.0.2.7"));
}

TEST(SelfSigned, NameLongerThanACommonNameIsCovered) {
    std::string host(60, 'a');
    host.append(".files.example.com");
    const Certificate certificate = parse_certificate(make_self_signed(host, Clock::now()));
    ASSERT_TRUE(certificate);
    EXPECT_TRUE(covers(*certificate, host.c_str()));
}

TEST(SelfSigned, IsAServerCertificateThatSignsNoOther) {
    const Certificate certificate = parse_certificate(make_self_signed("localhost", Clock::now()));
    ASSERT_TRUE(certificate);
    EXPECT_EQ(X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_SERVER, 0), 1);
    EXPECT_NE(X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_CLIENT, 0), 1);
    EXPECT_EQ(X509_check_ca(certificate.get()), 0);
    EXPECT_EQ(X509_get_extended_key_usage(certificate.get()), std::uint32_t{XKU_SSL_SERVER});
}

TEST(SelfSigned, IsValidNowAndForItsLifetime) {
    const Clock::time_point now = Clock::now();
    const Certificate certificate = parse_certificate(make_self_signed("localhost", now));
    ASSERT_TRUE(certificate);
    std::time_t early = Clock::to_time_t(now);
    std::time_t late = Clock::to_time_t(now + self_signed_lifetime - std::chrono::days(1));
    std::time_t gone = Clock::to_time_t(now + self_signed_lifetime);
    EXPECT_LT(X509_cmp_time(X509_get0_notBefore(certificate.get()), &early), 0);
    EXPECT_GT(X509_cmp_time(X509_get0_notAfter(certificate.get()), &late), 0);
    EXPECT_LT(X509_cmp_time(X509_get0_notAfter(certificate.get()), &gone), 0);
}

TEST(SelfSigned, TwoHaveDifferentSerialNumbersAndKeys) {
    const SelfSigned one = make_self_signed("localhost", Clock::now());
    const SelfSigned two = make_self_signed("localhost", Clock::now());
    EXPECT_NE(ASN1_INTEGER_cmp(X509_get0_serialNumber(parse_certificate(one).get()),
                               X509_get0_serialNumber(parse_certificate(two).get())),
              0);
    EXPECT_NE(one.key_pem.reveal(), two.key_pem.reveal());
}

TEST(SelfSigned, NamesThatAreNoHostAreRefused) {
    for (const char* host :
         {"", "a,DNS:evil.example", "a b", "a..b", ".a", "a.", "-a", "a\nb", "*"}) {
        EXPECT_FALSE(is_host(host)) << host;
        EXPECT_THROW(static_cast<void>(make_self_signed(host, Clock::now())), std::invalid_argument)
            << host;
    }
    EXPECT_FALSE(is_host(std::string(64, 'a')));
    EXPECT_TRUE(is_host("2001:db8::7"));
    EXPECT_TRUE(is_host("a-1.Example"));
}

TEST(Fingerprint, IsThirtyTwoPairsOfHexDigits) {
    const SelfSigned made = make_self_signed("localhost", Clock::now());
    const std::string shown = fingerprint(made.certificate_pem);
    ASSERT_EQ(shown.size(), 32U * 3 - 1);
    EXPECT_EQ(shown.find_first_not_of("0123456789ABCDEF:"), std::string::npos);
    EXPECT_EQ(shown, fingerprint(made.certificate_pem));
}

TEST(Fingerprint, OfSomethingElseIsEmpty) {
    EXPECT_EQ(fingerprint("not a certificate"), "");
    EXPECT_EQ(fingerprint(""), "");
}

}  // namespace
}  // namespace sallyport::tls
