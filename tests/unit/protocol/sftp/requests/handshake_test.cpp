#include <gtest/gtest.h>

#include <map>

#include "protocol/sftp/extension_table.hpp"
#include "tests/support/sftp_peer.hpp"

namespace sallyport::sftp {
namespace {

using test::Fields;
using test::SftpPeer;
namespace fxp = test::fxp;

/// A session that has not seen INIT.
class SftpHandshake : public testing::Test {
  protected:
    SftpHandshake() { peer_.connect(); }

    std::vector<test::Answer> init(std::uint64_t version) {
        return peer_.say(test::packet(fxp::init, Fields().u32(version)));
    }

    SftpPeer peer_;
};

TEST_F(SftpHandshake, AnyVersionFrom3OnIsAnsweredWith3) {
    for (const std::uint64_t offered : {3ULL, 4ULL, 6ULL, 0xffff'ffffULL}) {
        peer_.connect();
        auto answers = init(offered);
        ASSERT_EQ(answers.size(), 1U) << offered;
        EXPECT_EQ(answers[0].type, fxp::version);
        EXPECT_EQ(answers[0].u32(), 3U);
    }
}

TEST_F(SftpHandshake, LowerVersionsClose) {
    for (const std::uint64_t offered : {0U, 1U, 2U}) {
        peer_.connect();
        EXPECT_TRUE(init(offered).empty());
        EXPECT_EQ(peer_.closed, "SFTP version 3 was not offered");
    }
}

TEST_F(SftpHandshake, TruncatedInitCloses) {
    for (const auto* bytes : {"", "abc"}) {
        peer_.connect();
        EXPECT_TRUE(peer_.say(test::packet(fxp::init, Fields().raw(bytes))).empty());
        EXPECT_FALSE(peer_.closed.empty());
    }
}

TEST_F(SftpHandshake, ExtensionsOfTheClientAreIgnored) {
    const auto fields = Fields().u32(3).str("newline@vandyke.com").str("\n");
    EXPECT_EQ(peer_.say(test::packet(fxp::init, fields)).size(), 1U);
}

TEST_F(SftpHandshake, SecondInitCloses) {
    EXPECT_EQ(init(3).size(), 1U);
    EXPECT_TRUE(init(3).empty());
    EXPECT_EQ(peer_.closed, "second INIT");
}

TEST_F(SftpHandshake, RequestBeforeInitCloses) {
    EXPECT_TRUE(peer_.say(test::packet(fxp::realpath, Fields().u32(1).str("."))).empty());
    EXPECT_EQ(peer_.closed, "request before INIT");
}

TEST_F(SftpHandshake, VersionListsWhatOpenSshAndProFtpdWouldForWhatWorks) {
    auto answer = init(3).at(0);
    EXPECT_EQ(answer.u32(), 3U);
    std::map<std::string, std::string> seen;
    while (!answer.rest.empty()) {
        auto name = answer.str();
        seen[name] = answer.str();
    }
    const std::map<std::string, std::string> expected{
        {"posix-rename@openssh.com", "1"},
        {"statvfs@openssh.com", "2"},
        {"fstatvfs@openssh.com", "2"},
        {"fsync@openssh.com", "1"},
        {"lsetstat@openssh.com", "1"},
        {"limits@openssh.com", "1"},
        {"expand-path@openssh.com", "1"},
        {"copy-data", "1"},
        {"home-directory", "1"},
        {"users-groups-by-id@openssh.com", "1"},
        {"check-file", "sha256,sha512,sha1,md5"},
    };
    EXPECT_EQ(seen, expected);
}

}  // namespace
}  // namespace sallyport::sftp
