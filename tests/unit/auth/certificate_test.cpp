#include "auth/certificate.hpp"

#include <gtest/gtest.h>

namespace sallyport::auth {
namespace {

using Kind = CertificateName::Kind;

const std::string digits = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

TEST(CertificateName, FingerprintIsReadAsAnyToolPrintsIt) {
    const std::string colons =
        "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"
        "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF";
    for (const std::string& text : {digits, colons}) {
        const auto name = parse_certificate_name("sha256:" + text);
        ASSERT_TRUE(name) << text;
        EXPECT_EQ(name->kind, Kind::fingerprint);
        EXPECT_EQ(name->text, digits);
    }
}

TEST(CertificateName, OtherFingerprintsAreRefused) {
    for (const std::string& text : {std::string(), digits.substr(1), digits + "0", "x" + digits,
                                    "x" + digits.substr(1), digits + "x"}) {
        EXPECT_FALSE(parse_certificate_name("sha256:" + text)) << text;
    }
}

TEST(CertificateName, SpacesBetweenThePartsOfASubjectDoNotCount) {
    for (const std::string_view text :
         {"subject:CN=acme,O=Example Ltd", "subject: CN = acme , O = Example Ltd "}) {
        const auto name = parse_certificate_name(text);
        ASSERT_TRUE(name) << text;
        EXPECT_EQ(name->kind, Kind::subject);
        EXPECT_EQ(name->text, "CN=acme,O=Example Ltd");
    }
}

TEST(CertificateName, EscapedCommaIsPartOfAValue) {
    EXPECT_EQ(parse_certificate_name("subject:CN=Acme\\, Inc,O=X")->text, "CN=Acme\\, Inc,O=X");
}

TEST(CertificateName, OtherTextsAreRefused) {
    for (const std::string_view text : {"", "acme", "subject:", "subject:acme", "subject:CN=a,",
                                        "subject:/CN=acme/O=Example", "sha1:00", "SHA256:00"}) {
        EXPECT_FALSE(parse_certificate_name(text)) << text;
    }
}

}  // namespace
}  // namespace sallyport::auth
