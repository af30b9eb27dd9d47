#include <gtest/gtest.h>

#include "protocol/sftp/limits.hpp"
#include "tests/support/failing_volume.hpp"
#include "tests/support/sftp_peer.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::sftp {
namespace {

using test::Fields;
using test::Files;
using test::SftpPeer;
namespace fx = test::fx;
namespace fxf = test::fxf;

constexpr std::uint32_t in_place = fxf::read | fxf::write;

/// A session that finds /from of ten bytes.
class SftpCopyData : public testing::Test {
  protected:
    SftpCopyData() { EXPECT_TRUE(files_.store(test::to("/from"), "0123456789")); }

    struct Copy {
        std::string from;
        std::uint64_t at = 0;
        std::uint64_t length = 0;
        std::string to;
        std::uint64_t to_at = 0;
    };
    std::uint32_t copy(const Copy& copy) {
        return peer_
            .extended(
                "copy-data",
                Fields().str(copy.from).u64(copy.at).u64(copy.length).str(copy.to).u64(copy.to_at))
            .code();
    }
    /// What a copy makes of the file /to that is written.
    std::string copied(std::uint64_t at, std::uint64_t length, std::uint64_t to_at) {
        const auto from = peer_.open("/from", fxf::read);
        const auto to = peer_.open("/to", fxf::put);
        EXPECT_EQ(copy({from, at, length, to, to_at}), fx::ok);
        EXPECT_EQ(peer_.close(to), fx::ok);
        return files_.read("/to").value();
    }

    SftpPeer peer_;
    Files files_{peer_.volume()};
};

TEST_F(SftpCopyData, CopiesRanges) {
    EXPECT_EQ(copied(0, 0, 0), "0123456789");
    EXPECT_EQ(copied(3, 0, 0), "3456789");
    EXPECT_EQ(copied(3, 4, 0), "3456");
    EXPECT_EQ(copied(0, 2, 3), std::string("\0\0\0"
                                           "01",
                                           5));
    EXPECT_EQ(copied(10, 0, 0), "");
    EXPECT_EQ(copied(UINT64_MAX, 0, 0), "");
}

TEST_F(SftpCopyData, FilesLargerThanAChunkAreWhole) {
    std::string content(copy_chunk_bytes * 2 + 5, 'x');
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 5 / 3);
    ASSERT_TRUE(files_.store(test::to("/from", storage::Overwrite::replace), content));
    EXPECT_EQ(copied(0, 0, 0), content);
}

TEST_F(SftpCopyData, MoreThanThereIsEndsWithEof) {
    const auto to = peer_.open("/to", fxf::put);
    EXPECT_EQ(copy({peer_.open("/from", fxf::read), 8, 5, to, 0}), fx::eof);
    EXPECT_EQ(peer_.close(to), fx::ok);
    EXPECT_EQ(files_.read("/to").value(), "89");
}

TEST_F(SftpCopyData, AppendingTargetIgnoresTheOffset) {
    const auto to = peer_.open("/to", fxf::put | fxf::append);
    EXPECT_EQ(peer_.write(to, 0, "ab"), fx::ok);
    EXPECT_EQ(copy({peer_.open("/from", fxf::read), 0, 2, to, 77}), fx::ok);
    EXPECT_EQ(peer_.close(to), fx::ok);
    EXPECT_EQ(files_.read("/to").value(), "ab01");
}

TEST_F(SftpCopyData, UploadCanBeCopiedWithinItself) {
    const auto handle = peer_.open("/from", in_place);
    EXPECT_EQ(copy({handle, 0, 3, handle, 3}), fx::ok);
    EXPECT_EQ(copy({handle, 0, 0, handle, 10}), fx::ok);
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(files_.read("/from").value(), "01201267890120126789");
}

TEST_F(SftpCopyData, OverlappingRangesOfOneFileAreRefused) {
    const auto handle = peer_.open("/from", in_place);
    for (const std::uint64_t to_at : {0U, 2U, 5U, 9U}) {
        EXPECT_EQ(copy({handle, 0, 0, handle, to_at}), fx::failure) << to_at;
    }
    EXPECT_EQ(copy({handle, 4, 3, handle, 2}), fx::failure);
    EXPECT_EQ(copy({handle, 4, 3, handle, 6}), fx::failure);
    EXPECT_EQ(copy({handle, 4, 3, handle, 1}), fx::ok);
    EXPECT_EQ(peer_.close(handle), fx::ok);
}

TEST_F(SftpCopyData, HandlesMustFit) {
    const auto reading = peer_.open("/from", fxf::read);
    const auto writing = peer_.open("/to", fxf::put);
    EXPECT_EQ(copy({reading, 0, 0, reading, 20}), fx::permission_denied);
    EXPECT_EQ(copy({writing, 0, 0, writing, 20}), fx::permission_denied);
    EXPECT_EQ(copy({peer_.opendir("/"), 0, 0, writing, 0}), fx::permission_denied);
    EXPECT_EQ(copy({"12345678", 0, 0, writing, 0}), fx::failure);
    EXPECT_EQ(copy({reading, 0, 0, "12345678", 0}), fx::failure);
}

TEST_F(SftpCopyData, FarTargetsAreRefused) {
    const auto from = peer_.open("/from", fxf::read);
    const auto to = peer_.open("/to", fxf::put);
    for (const std::uint64_t at : {UINT64_MAX, (std::uint64_t{1} << 63) - 5}) {
        EXPECT_EQ(copy({from, 0, 0, to, at}), fx::failure);
    }
    EXPECT_EQ(peer_.close(to), fx::ok);
}

TEST_F(SftpCopyData, FailedCopyStaysWithTheTarget) {
    SftpPeer small(storage::MemoryOptions{.capacity = 15});
    const Files files(small.volume());
    ASSERT_TRUE(files.store(test::to("/from"), "0123456789"));
    const auto from = small.open("/from", fxf::read);
    const auto to = small.open("/to", fxf::put);
    for (int again = 0; again < 2; ++again) {
        const auto fields = Fields().str(from).u64(0).u64(0).str(to).u64(0);
        EXPECT_EQ(small.extended("copy-data", fields).code(), fx::failure);
    }
    EXPECT_EQ(small.close(to), fx::failure);
    EXPECT_EQ(test::refusal(files.stat("/to")), storage::Error::not_found);
}

TEST_F(SftpCopyData, FailedReadDoesNotSpoilTheTarget) {
    peer_.use(std::make_shared<test::FailingVolume>(peer_.volume(), test::Fault::read));
    const auto to = peer_.open("/to", fxf::put);
    EXPECT_EQ(copy({peer_.open("/from", fxf::read), 0, 0, to, 0}), fx::failure);
    EXPECT_EQ(peer_.close(to), fx::ok);
}

TEST_F(SftpCopyData, InterruptedSessionStopsCopying) {
    const auto from = peer_.open("/from", fxf::read);
    const auto to = peer_.open("/to", fxf::put);
    peer_.session().interrupt();
    EXPECT_EQ(copy({from, 0, 0, to, 0}), fx::failure);
}

}  // namespace
}  // namespace sallyport::sftp
