#include <gtest/gtest.h>

#include "tests/support/secure_peer.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::ftp {
namespace {

using test::Files;
using test::script;

constexpr auto sha256_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr auto sha1_of_abc = "a9993e364706816aba3e25717850c26c9cd0d89d";
constexpr auto md5_of_abc = "900150983cd24fb0d6963f7d28e17f72";
constexpr auto crc32_of_abc = "352441c2";
constexpr auto sha512_of_abc =
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
constexpr auto md5_of_b = "92eb5ffee6ae2fec3ad71c777531578f";
constexpr auto md5_of_bc = "5360af35bde9ebd8f01f492dc059593c";

class DigestVerbs : public testing::Test {
  protected:
    DigestVerbs() {
        EXPECT_TRUE(files_.store(test::to("/a"), "abc"));
        EXPECT_TRUE(files_.store(test::to("/a b"), "abc"));
        EXPECT_TRUE(files_.mkdir("/d"));
    }
    test::LoggedInPeer peer_;
    Files files_{peer_.volume()};
};

TEST_F(DigestVerbs, HashAnswersAlgorithmRangeDigestAndPath) {
    script()
        .then({{"HASH a", 213, std::string("213 SHA-256 0-3 ") + sha256_of_abc + " /a\r\n"},
               {"HASH a b", 213, "/a b\r\n"},
               {"OPTS HASH SHA-512", 200},
               {"HASH a", 213, std::string("SHA-512 0-3 ") + sha512_of_abc},
               {"OPTS HASH SHA-1", 200},
               {"HASH a", 213, std::string("SHA-1 0-3 ") + sha1_of_abc},
               {"OPTS HASH MD5", 200},
               {"HASH a", 213, std::string("MD5 0-3 ") + md5_of_abc},
               {"OPTS HASH CRC32", 200},
               {"HASH a", 213, std::string("CRC32 0-3 ") + crc32_of_abc}})
        .check(peer_);
}

TEST_F(DigestVerbs, OldVerbsAnswerTheDigestAlone) {
    script()
        .then({{"XCRC a", 250, std::string("250 ") + crc32_of_abc + "\r\n"},
               {"XMD5 a", 250, std::string("250 ") + md5_of_abc + "\r\n"},
               {"XSHA1 a", 250, std::string("250 ") + sha1_of_abc + "\r\n"},
               {"XSHA256 a", 250, std::string("250 ") + sha256_of_abc + "\r\n"},
               {"XSHA512 a", 250, std::string("250 ") + sha512_of_abc + "\r\n"}})
        .check(peer_);
}

TEST_F(DigestVerbs, QuotedNamesMayHaveARange) {
    script()
        .then({{"XMD5 \"a b\"", 250, md5_of_abc},
               {"XMD5 a b", 250, md5_of_abc},
               {"XMD5 \"a\" 1", 250, md5_of_bc},
               {"XMD5 \"a\" 1 2", 250, md5_of_b},
               {"XMD5 \"a\" 0 99", 250, md5_of_abc},
               {"XMD5 \"a\" 2 1", 501},
               {"XMD5 \"a\" x", 501},
               {"XMD5 \"a\" 1 x", 501},
               {"XMD5 \"a\" -1", 501},
               {"XMD5 \"a\" 0 99999999999999999999", 501},
               {"XMD5 \"\"", 501}})
        .check(peer_);
}

TEST_F(DigestVerbs, UploadThatIsNotCompleteHasNoDigest) {
    files_.leave_partial("/cut", "ab");
    files_.leave_partial("/a", "ab");
    for (const std::string verb : {"HASH", "XCRC", "XSHA256"}) {
        script().then({{verb + " cut", 450}, {verb + " a", 450}}).check(peer_);
    }
}

TEST_F(DigestVerbs, OnlyFilesHaveDigests) {
    for (const auto* verb : {"HASH", "XCRC", "XMD5", "XSHA1", "XSHA256", "XSHA512"}) {
        const std::string name(verb);
        script()
            .then({{name, 501},
                   {name + " d", 550},
                   {name + " nowhere", 550},
                   {name + " .sallyport", 553}})
            .check(peer_);
    }
}

}  // namespace
}  // namespace sallyport::ftp
