// What real clients do that surprises servers. Each test is one client.

#include <gtest/gtest.h>

#include "tests/support/sftp_peer.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::sftp {
namespace {

using storage::Error;
using test::Fields;
using test::Files;
using test::refusal;
using test::SftpPeer;
namespace fx = test::fx;
namespace fxf = test::fxf;
namespace fxp = test::fxp;

class SftpClients : public testing::Test {
  protected:
    std::uint64_t size_of(std::string_view path) {
        auto answer = peer_.stat(path);
        EXPECT_EQ(answer.type, fxp::attrs) << answer.text();
        return answer.type == fxp::attrs ? answer.attributes().size : 0;
    }
    std::uint32_t rename(std::string_view from, std::string_view to) {
        return peer_.ask(fxp::rename, Fields().str(from).str(to)).code();
    }
    std::uint32_t remove(std::string_view path) {
        return peer_.ask(fxp::remove, Fields().str(path)).code();
    }
    void upload(std::string_view path, std::uint32_t flags, std::string_view text) {
        const auto handle = peer_.open(path, flags);
        EXPECT_EQ(peer_.write(handle, 0, text), fx::ok);
        EXPECT_EQ(peer_.close(handle), fx::ok);
    }

    SftpPeer peer_;
    Files files_{peer_.volume()};
};

TEST_F(SftpClients, OpenSshReputSendsAbsoluteOffsetsWithAppend) {
    files_.leave_partial("/a", "01234");
    EXPECT_EQ(size_of("/a"), 5U);
    const auto handle = peer_.open("/a", fxf::write | fxf::creat | fxf::append);
    EXPECT_EQ(peer_.write(handle, 5, "567"), fx::ok);
    EXPECT_EQ(peer_.write(handle, 8, "89"), fx::ok);
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(files_.read("/a").value(), "0123456789");
}

TEST_F(SftpClients, OpenSshScpOverwritesInPlaceAndSetsTheSize) {
    ASSERT_TRUE(files_.store(test::to("/a"), "a long file"));
    const auto handle = peer_.open("/a", fxf::write | fxf::creat);
    EXPECT_EQ(peer_.write(handle, 0, "short"), fx::ok);
    EXPECT_EQ(peer_.fsetstat(handle, test::size_attribute(5)), fx::ok);
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(files_.read("/a").value(), "short");
}

TEST_F(SftpClients, OpenSshPutPreservesWithoutOwners) {
    const auto handle = peer_.open("/a", fxf::put);
    EXPECT_EQ(peer_.write(handle, 0, "abc"), fx::ok);
    EXPECT_EQ(peer_.fsetstat(handle, Fields().u32(4 | 8).u32(0100755).u32(5).u32(6)), fx::ok);
    EXPECT_EQ(peer_.close(handle), fx::ok);
    auto attributes = peer_.stat("/a").attributes();
    EXPECT_EQ(attributes.mode, 0100755U);
    EXPECT_EQ(attributes.modified, 6U);
}

TEST_F(SftpClients, WinScpUploadsAFilepartThenDeletesRenamesAndSetsTheTime) {
    for (int again = 0; again < 2; ++again) {
        upload("/a.csv.filepart", fxf::put, "content");
        EXPECT_EQ(remove("/a.csv"), again == 0 ? fx::no_such_file : fx::ok);
        EXPECT_EQ(rename("/a.csv.filepart", "/a.csv"), fx::ok);
        EXPECT_EQ(peer_.setstat("/a.csv", test::time_attribute(1000)), fx::ok);
    }
    EXPECT_EQ(files_.read("/a.csv").value(), "content");
}

TEST_F(SftpClients, WinScpPipelinesCloseAndSetstat) {
    const auto handle = peer_.open("/a", fxf::put | fxf::excl);
    const auto answers =
        peer_.say(test::packet(fxp::write, Fields().u32(1).str(handle).u64(0).str("abc")) +
                  test::packet(fxp::close, Fields().u32(2).str(handle)) +
                  test::packet(fxp::setstat, Fields().u32(3).str("/a").u32(8).u32(1).u32(1000)));
    ASSERT_EQ(answers.size(), 3U);
    for (const auto& answer : answers) EXPECT_EQ(answer.code(), fx::ok);
    EXPECT_EQ(peer_.stat("/a").attributes().modified, 1000U);
}

TEST_F(SftpClients, WinScpReadsCheckFileByName) {
    upload("/a", fxf::put, "abc");
    auto answer =
        peer_.extended("check-file-name", Fields().str("/a").str("sha1").u64(0).u64(0).u32(0));
    EXPECT_EQ(answer.str(), "sha1");
    EXPECT_EQ(answer.rest.size(), 20U);
}

TEST_F(SftpClients, ParamikoPutComparesTheSizeAfterwards) {
    upload("/a", fxf::put, "12345");
    auto attributes = peer_.stat("/a").attributes();
    EXPECT_EQ(attributes.flags & 1U, 1U);
    EXPECT_EQ(attributes.size, 5U);
}

TEST_F(SftpClients, ParamikoCheckIsAnsweredWithTheNameOfTheExtension) {
    upload("/a", fxf::put, "abc");
    auto answer = peer_.extended(
        "check-file", Fields().str(peer_.open("/a", fxf::read)).str("md5").u64(0).u64(0).u32(0));
    ASSERT_EQ(answer.type, fxp::extended_reply);
    EXPECT_EQ(answer.str(), "check-file");
    EXPECT_EQ(answer.str(), "md5");
    EXPECT_EQ(answer.rest, "\x90\x01\x50\x98\x3c\xd2\x4f\xb0\xd6\x96\x3f\x7d\x28\xe1\x7f\x72");
}

TEST_F(SftpClients, RcloneSetsTheTimeAndRenamesWithReplacing) {
    upload("/a", fxf::put, "old");
    upload("/a.12345678.partial", fxf::put, "new");
    EXPECT_EQ(peer_.setstat("/a.12345678.partial", test::time_attribute(1000)), fx::ok);
    EXPECT_EQ(
        peer_.extended("posix-rename@openssh.com", Fields().str("/a.12345678.partial").str("/a"))
            .code(),
        fx::ok);
    EXPECT_EQ(files_.read("/a").value(), "new");
    EXPECT_EQ(peer_.stat("/a").attributes().modified, 1000U);
}

TEST_F(SftpClients, RcloneSendsItsWholeBufferWithTheLastBlock) {
    const auto handle = peer_.open("/a", fxf::put);
    const auto block = Fields().str(handle).u64(0).str("the end").raw("of the buffer");
    EXPECT_EQ(peer_.ask(fxp::write, block).code(), fx::ok);
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(files_.read("/a").value(), "the end");
}

TEST_F(SftpClients, LftpResumesWithWriteAndNothingElse) {
    files_.leave_partial("/a", "01234");
    const auto handle = peer_.open("/a", fxf::write | fxf::creat);
    EXPECT_EQ(peer_.write(handle, 5, "56789"), fx::ok);
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(files_.read("/a").value(), "0123456789");
}

TEST_F(SftpClients, Ssh2SetsModeRightAfterOpen) {
    const auto handle = peer_.open("/a", fxf::put);
    EXPECT_EQ(peer_.fsetstat(handle, test::mode_attribute(0666)), fx::ok);
    EXPECT_EQ(peer_.write(handle, 0, "abc"), fx::ok);
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(files_.read("/a").value(), "abc");
}

TEST_F(SftpClients, Ssh2FastPutWritesOutOfOrder) {
    const auto handle = peer_.open("/a", fxf::put);
    for (const std::uint64_t offset : {8U, 0U, 4U}) {
        EXPECT_EQ(peer_.write(handle, offset, std::string(4, static_cast<char>('a' + offset))),
                  fx::ok);
    }
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(files_.read("/a").value(), "aaaaeeeeiiii");
}

TEST_F(SftpClients, Ssh2AppendsFromOffsetZero) {
    upload("/a", fxf::put, "abc");
    upload("/a", fxf::append | fxf::creat | fxf::write, "def");
    EXPECT_EQ(files_.read("/a").value(), "abcdef");
}

TEST_F(SftpClients, SshfsAsksByPathRightAfterOpen) {
    const auto handle = peer_.open("/a", fxf::read | fxf::write | fxf::creat | fxf::excl);
    EXPECT_EQ(size_of("/a"), 0U);
    EXPECT_EQ(peer_.setstat("/a", test::mode_attribute(0600)), fx::ok);
    EXPECT_EQ(peer_.write(handle, 0, "abcdef"), fx::ok);
    EXPECT_EQ(peer_.setstat("/a", test::size_attribute(2)), fx::ok);
    EXPECT_EQ(size_of("/a"), 2U);
    EXPECT_EQ(peer_.data(handle, 0, 4096), "ab");
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(files_.read("/a").value(), "ab");
    EXPECT_EQ(files_.stat("/a")->mode, 0600U);
}

TEST_F(SftpClients, SshfsTruncatesClosedFilesByPath) {
    upload("/a", fxf::put, "abcdef");
    EXPECT_EQ(peer_.setstat("/a", test::size_attribute(0)), fx::ok);
    EXPECT_EQ(files_.read("/a").value(), "");
}

TEST_F(SftpClients, SshNetAndSshjSetOwnersAlongWithTimes) {
    upload("/a", fxf::put, "abc");
    EXPECT_EQ(
        peer_.setstat("/a",
                      Fields().u32(1 | 2 | 4 | 8).u64(3).u32(500).u32(500).u32(0644).u32(7).u32(8)),
        fx::ok);
    EXPECT_EQ(peer_.stat("/a").attributes().modified, 8U);
}

TEST_F(SftpClients, CyberduckAndLibssh2ListWithoutExtensions) {
    upload("/a", fxf::put, "abc");
    const auto handle = peer_.opendir(".");
    auto answer = peer_.ask(fxp::readdir, Fields().str(handle));
    EXPECT_EQ(answer.names().size(), 3U);
    EXPECT_EQ(peer_.ask(fxp::readdir, Fields().str(handle)).code(), fx::eof);
}

TEST_F(SftpClients, BrokenUploadIsReplacedByTheNextPut) {
    const auto handle = peer_.open("/a", fxf::put);
    EXPECT_EQ(peer_.write(handle, 0, "half of a long fi"), fx::ok);
    peer_.disconnect();
    peer_.reconnect();
    EXPECT_EQ(refusal(files_.read("/a")), Error::not_found);
    upload("/a", fxf::put, "whole");
    EXPECT_EQ(files_.read("/a").value(), "whole");
    EXPECT_FALSE(files_.stat("/a")->partial);
}

}  // namespace
}  // namespace sallyport::sftp
