#include "auth/public_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include <vector>

#include "tests/support/public_keys.hpp"

namespace sallyport::auth {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

std::string base64(std::string_view bytes) {
    constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(),
                      reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), variant);
    text.pop_back();
    return text;
}

/// An SSH "string".
std::string field(std::string_view bytes) {
    std::string text;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        text.push_back(static_cast<char>(bytes.size() >> shift & 0xffU));
    }
    return text.append(bytes);
}

/// A line whose blob is the type and then `fields`.
std::string line_of(const std::string& type, const std::string& fields) {
    return type + " " + base64(field(type) + fields);
}

std::string blob_of(std::string_view line) {
    const auto key = parse_public_key(line);
    return key ? key->blob : std::string();
}

/// What is said about a line that is refused; empty when it is accepted.
std::string objection(std::string_view line) {
    const auto key = parse_public_key(line);
    return key ? std::string() : key.error().sentence;
}

/// A positive number of so many bits, odd, in the form of an "mpint".
std::string number_of_bits(std::size_t bits) {
    std::string bytes((bits + 7) / 8, '\x55');
    bytes.front() = static_cast<char>(1U << (bits - 1) % 8);
    bytes.back() = static_cast<char>(bytes.back() | 1);
    return bits % 8 == 0 ? '\0' + bytes : bytes;
}

std::string rsa(const std::string& exponent, const std::string& modulus) {
    return line_of("ssh-rsa", field(exponent) + field(modulus));
}

const std::string common_exponent = "\x01\x00\x01"s;

class AcceptedKeys : public testing::TestWithParam<test::KeyLine> {};

TEST_P(AcceptedKeys, HaveTheFingerprintThatOpensshPrints) {
    const auto key = parse_public_key(GetParam().line);
    ASSERT_TRUE(key) << key.error().sentence;
    EXPECT_EQ(key->fingerprint(), GetParam().fingerprint);
    EXPECT_EQ(key->type, GetParam().line.substr(0, GetParam().line.find(' ')));
    EXPECT_EQ(key->blob.substr(0, key->type.size() + 4), field(key->type));
}

TEST_P(AcceptedKeys, AreRefusedWhenBytesAreMissingOrMore) {
    const auto key = parse_public_key(GetParam().line);
    ASSERT_TRUE(key);
    for (std::size_t size = 0; size < key->blob.size(); ++size) {
        const auto cut = key->type + " " + base64(key->blob.substr(0, size));
        EXPECT_FALSE(parse_public_key(cut)) << size;
    }
    for (const auto& more : {"\0"s, field(""), field("ssh:")}) {
        EXPECT_THAT(objection(key->type + " " + base64(key->blob + more)),
                    HasSubstr("more bytes follow it"));
    }
}

TEST_P(AcceptedKeys, AreRefusedUnderTheNameOfAnother) {
    const auto key = parse_public_key(GetParam().line);
    ASSERT_TRUE(key);
    const std::string other = key->type == "ssh-rsa" ? "ssh-ed25519" : "ssh-rsa";
    EXPECT_THAT(objection(other + " " + base64(key->blob)), HasSubstr("of another type"));
}

INSTANTIATE_TEST_SUITE_P(Types, AcceptedKeys,
                         testing::Values(test::ed25519, test::ecdsa256, test::ecdsa384,
                                         test::ecdsa521, test::rsa2048, test::sk_ed25519,
                                         test::sk_ecdsa));

TEST(PublicKey, CommentAndBlanksAreNotPartOfTheKey) {
    const auto blob = blob_of(test::ed25519.line);
    const std::string key = "ssh-ed25519 " + base64(blob);
    for (const auto& line : {key, "  " + key + " ", key + " two words \xc3\xa4",
                             "ssh-ed25519 \t" + base64(blob) + "\tcomment"}) {
        EXPECT_EQ(blob_of(line), blob) << line;
    }
}

TEST(PublicKey, WeakTypesAreRefused) {
    EXPECT_THAT(objection(test::dsa_line), HasSubstr("DSA keys are too weak"));
    EXPECT_EQ(objection(test::rsa1024_line),
              "this RSA key has 1024 bits; allowed are 2048 to 16384");
}

TEST(PublicKey, CertificatesAreRefused) {
    EXPECT_THAT(objection(test::certificate_line), HasSubstr("certificates are not supported"));
}

TEST(PublicKey, OptionsInFrontAreRefused) {
    for (const std::string options :
         {"restrict", "command=\"echo hi\",no-pty", "from=\"192.0.2.1\"", "\"ssh-rsa"}) {
        EXPECT_THAT(objection(options + " " + std::string(test::ed25519.line)),
                    HasSubstr("options in front of a key are not supported"))
            << options;
    }
}

TEST(PublicKey, WhatIsNoKeyIsRefusedWithoutQuotingIt) {
    for (const std::string line :
         {"", " ", "hunter2", "-----BEGIN OPENSSH PRIVATE KEY-----", "AAAAC3NzaC1lZDI1NTE5",
          "ssh-ed448 AAAA", "SSH-ED25519 AAAA", "rsa-sha2-512 AAAA", "file:keys/hunter2"}) {
        const auto said = objection(line);
        EXPECT_THAT(said, HasSubstr("not a public key; write the line of a .pub file")) << line;
        EXPECT_THAT(said, HasSubstr("ssh-ed25519, ecdsa-sha2-nistp256")) << line;
        EXPECT_THAT(said, testing::Not(HasSubstr("hunter2")));
    }
}

TEST(PublicKey, OnlyStrictBase64IsDecoded) {
    const std::string good = base64(blob_of(test::sk_ed25519.line));
    ASSERT_TRUE(good.ends_with("="));
    const std::string unpadded = good.substr(0, good.size() - 1);
    std::string url_safe = good;
    url_safe[url_safe.find_first_of("+/")] = '_';
    for (const auto& text : {unpadded, good + "=", good + "AAAA", url_safe, "!" + good}) {
        EXPECT_EQ(objection("sk-ssh-ed25519@openssh.com " + text),
                  "the word behind the type is not base64")
            << text;
    }
}

TEST(PublicKey, LineWithControlCharactersIsRefused) {
    for (const auto& end : {"\n"s, "\r"s, "\0"s, "\x1b[2J"s, "\x7f"s}) {
        EXPECT_THAT(objection(std::string(test::ed25519.line) + end),
                    HasSubstr("without control characters"));
    }
}

TEST(PublicKey, LongLineIsRefusedBeforeItIsRead) {
    std::string line(test::ed25519.line);
    line.resize(max_public_key_line_bytes, 'x');
    EXPECT_EQ(objection(line), "");
    EXPECT_EQ(objection(line + "x"), "too long for a public key; at most 16384 bytes are read");
}

TEST(PublicKey, LengthThatReachesBehindTheBlobIsIncomplete) {
    for (const auto& length : {"\xff\xff\xff\xff"s, "\x7f\xff\xff\xff"s, "\0\0\0\x21"s}) {
        EXPECT_THAT(objection(line_of("ssh-ed25519", length + std::string(32, 'x'))),
                    HasSubstr("incomplete"));
    }
}

TEST(PublicKey, KeyOfAnotherLengthIsRefused) {
    for (const std::size_t size : {0U, 31U, 33U, 64U}) {
        EXPECT_THAT(objection(line_of("ssh-ed25519", field(std::string(size, 'x')))),
                    HasSubstr("wrong length"));
    }
    for (const std::size_t size : {0U, 1U, 33U, 64U, 66U, 97U}) {
        const auto point = std::string(size, '\x04');
        EXPECT_THAT(objection(line_of("ecdsa-sha2-nistp256", field("nistp256") + field(point))),
                    HasSubstr("wrong length"));
    }
}

TEST(PublicKey, PointThatAnybodyCanSignForIsRefused) {
    const auto neutral = "\x01"s + std::string(31, '\0');
    for (const auto& point : {std::string(32, '\0'), neutral, std::string(32, '\xff')}) {
        EXPECT_THAT(objection(line_of("ssh-ed25519", field(point))), HasSubstr("damaged or weak"));
        EXPECT_THAT(objection(line_of("sk-ssh-ed25519@openssh.com", field(point) + field("ssh:"))),
                    HasSubstr("damaged or weak"));
    }
}

TEST(PublicKey, CurveAndPointMustBeThoseOfTheType) {
    const auto fields = [](const std::string& curve, char form) {
        return field(curve) + field(std::string(1, form) + std::string(64, 'x'));
    };
    EXPECT_EQ(objection(line_of("ecdsa-sha2-nistp256", fields("nistp256", '\x04'))), "");
    EXPECT_THAT(objection(line_of("ecdsa-sha2-nistp256", fields("nistp384", '\x04'))),
                HasSubstr("on another curve"));
    EXPECT_THAT(objection(line_of("ecdsa-sha2-nistp256", fields("nistp256", '\x03'))),
                HasSubstr("wrong length or form"));
}

TEST(PublicKey, RsaModulusIsWithinItsBounds) {
    for (const std::size_t bits : {2048U, 2049U, 2055U, 4096U, 16384U}) {
        EXPECT_EQ(objection(rsa(common_exponent, number_of_bits(bits))), "") << bits;
    }
    for (const std::size_t bits : {1U, 512U, 2040U, 2047U, 16385U}) {
        EXPECT_THAT(objection(rsa(common_exponent, number_of_bits(bits))),
                    HasSubstr("this RSA key has " + std::to_string(bits) + " bits;"));
    }
}

TEST(PublicKey, RsaNumbersAreInTheirOnlyValidForm) {
    const auto good = number_of_bits(2048);
    const auto even = good.substr(0, good.size() - 1) + "\x02";
    for (const auto& bad : {""s, "\0"s, '\0' + good, good.substr(1), even}) {
        EXPECT_THAT(objection(rsa(common_exponent, bad)), HasSubstr("number in it is not valid"));
    }
    for (const auto& bad : {""s, "\0"s, "\0\x03"s, "\xff"s, "\x04"s}) {
        EXPECT_THAT(objection(rsa(bad, good)), HasSubstr("number in it is not valid"));
    }
}

TEST(PublicKey, RsaExponentIsNeitherOneNorHuge) {
    const auto modulus = number_of_bits(2048);
    for (const auto& exponent : {"\x03"s, common_exponent, number_of_bits(64)}) {
        EXPECT_EQ(objection(rsa(exponent, modulus)), "");
    }
    for (const auto& exponent : {"\x01"s, number_of_bits(65)}) {
        EXPECT_THAT(objection(rsa(exponent, modulus)), HasSubstr("public exponent"));
    }
}

TEST(PublicKey, ValueOfARefusedLineThrowsWhatIsWrong) {
    EXPECT_THROW(static_cast<void>(parse_public_key("").value()), std::runtime_error);
}

}  // namespace
}  // namespace sallyport::auth
