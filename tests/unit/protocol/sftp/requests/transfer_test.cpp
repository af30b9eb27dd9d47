#include <gtest/gtest.h>

#include "protocol/sftp/limits.hpp"
#include "tests/support/failing_volume.hpp"
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

constexpr std::uint32_t read_write = fxf::read | fxf::write | fxf::creat;

class SftpTransfer : public testing::Test {
  protected:
    std::uint32_t fsync(std::string_view handle) {
        return peer_.extended("fsync@openssh.com", Fields().str(handle)).code();
    }

    SftpPeer peer_;
    Files files_{peer_.volume()};
};

TEST_F(SftpTransfer, ReadAnswersBytesThenEndOfFile) {
    ASSERT_TRUE(files_.store(test::to("/a"), "0123456789"));
    const auto handle = peer_.open("/a", fxf::read);
    EXPECT_EQ(peer_.data(handle, 0, 4), "0123");
    EXPECT_EQ(peer_.data(handle, 7, 100), "789");
    EXPECT_EQ(peer_.read(handle, 10, 1).code(), fx::eof);
    EXPECT_EQ(peer_.read(handle, 11, 1).code(), fx::eof);
    EXPECT_EQ(peer_.read(handle, UINT64_MAX, 0xffff'ffff).code(), fx::eof);
    EXPECT_EQ(peer_.read(handle, 0, 0).code(), fx::eof);
}

TEST_F(SftpTransfer, ReadIsClippedAndFilled) {
    std::string content(600'000, 'x');
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 7 / 3);
    ASSERT_TRUE(files_.store(test::to("/a"), content));
    const auto handle = peer_.open("/a", fxf::read);
    for (const std::uint32_t length : {0xffff'ffffU, 0x8000'0000U, 261'121U, 261'120U}) {
        EXPECT_EQ(peer_.data(handle, 1, length), content.substr(1, max_data_bytes));
    }
    EXPECT_EQ(peer_.data(handle, 500'000, 0xffff'ffff), content.substr(500'000));
}

TEST_F(SftpTransfer, ReadFillsUpWhenStorageYieldsLittleAtATime) {
    ASSERT_TRUE(files_.store(test::to("/a"), "0123456789"));
    peer_.use(std::make_shared<test::FailingVolume>(peer_.volume(), test::Fault::short_reads));
    const auto handle = peer_.open("/a", fxf::read);
    EXPECT_EQ(peer_.data(handle, 2, 6), "234567");
    EXPECT_EQ(peer_.data(handle, 5, 100), "56789");
}

TEST_F(SftpTransfer, ReadErrorIsAnswered) {
    ASSERT_TRUE(files_.store(test::to("/a"), "0123456789"));
    peer_.use(std::make_shared<test::FailingVolume>(peer_.volume(), test::Fault::read));
    const auto answer = peer_.read(peer_.open("/a", fxf::read), 0, 10);
    EXPECT_EQ(answer.code(), fx::failure);
    EXPECT_EQ(answer.text(), describe(Error::io));
}

TEST_F(SftpTransfer, DownloadKeepsItsVersion) {
    ASSERT_TRUE(files_.store(test::to("/a"), "before"));
    const auto handle = peer_.open("/a", fxf::read);
    ASSERT_TRUE(files_.store(test::to("/a", storage::Overwrite::replace), "after and longer"));
    EXPECT_EQ(peer_.data(handle, 0, 100), "before");
}

TEST_F(SftpTransfer, DirectionsOfHandlesAreKept) {
    ASSERT_TRUE(files_.store(test::to("/a"), "abc"));
    const auto reading = peer_.open("/a", fxf::read);
    const auto writing = peer_.open("/b", fxf::put);
    const auto directory = peer_.opendir("/");
    EXPECT_EQ(peer_.write(reading, 0, "x"), fx::permission_denied);
    EXPECT_EQ(peer_.write(directory, 0, "x"), fx::permission_denied);
    EXPECT_EQ(peer_.read(writing, 0, 0xffff'ffff).code(), fx::permission_denied);
    EXPECT_EQ(peer_.read(directory, 0, 1).code(), fx::permission_denied);
    EXPECT_EQ(peer_.close(writing), fx::ok);
}

TEST_F(SftpTransfer, WritesMayComeInAnyOrderAndOverlap) {
    const auto handle = peer_.open("/a", fxf::put);
    EXPECT_EQ(peer_.write(handle, 6, "ghi"), fx::ok);
    EXPECT_EQ(peer_.write(handle, 0, "abc"), fx::ok);
    EXPECT_EQ(peer_.write(handle, 3, "dxf"), fx::ok);
    EXPECT_EQ(peer_.write(handle, 4, "e"), fx::ok);
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(files_.read("/a").value(), "abcdefghi");
}

TEST_F(SftpTransfer, LargestWriteArrivesWhole) {
    const std::string data(max_data_bytes, 'z');
    const auto handle = peer_.open("/a", fxf::put);
    EXPECT_EQ(peer_.write(handle, 0, data), fx::ok);
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(files_.read("/a").value(), data);
}

TEST_F(SftpTransfer, PipelinedWritesAreAnsweredInOrder) {
    const auto handle = peer_.open("/a", fxf::put);
    std::string bytes;
    for (std::uint32_t i = 0; i < 100; ++i) {
        bytes += test::packet(test::fxp::write,
                              Fields().u32(i).str(handle).u64(std::uint64_t{i} * 2).str("ab"));
    }
    bytes += test::packet(test::fxp::close, Fields().u32(100).str(handle));
    const auto answers = peer_.say(bytes);
    ASSERT_EQ(answers.size(), 101U);
    for (std::uint32_t i = 0; i <= 100; ++i) {
        EXPECT_EQ(answers[i].id, i);
        EXPECT_EQ(answers[i].code(), fx::ok);
    }
    EXPECT_EQ(files_.stat("/a")->size, 200U);
}

TEST_F(SftpTransfer, EmptyWriteChangesNothing) {
    const auto handle = peer_.open("/a", fxf::put);
    EXPECT_EQ(peer_.write(handle, 0, ""), fx::ok);
    EXPECT_EQ(peer_.write(handle, UINT64_MAX, ""), fx::ok);
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(files_.read("/a").value(), "");
}

TEST_F(SftpTransfer, FarOffsetsAreRefusedAndNothingIsPublished) {
    for (const std::uint64_t offset : {std::uint64_t{1} << 62, (std::uint64_t{1} << 63) - 1,
                                       std::uint64_t{1} << 63, UINT64_MAX - 1, UINT64_MAX}) {
        const auto handle = peer_.open("/a", fxf::put);
        EXPECT_EQ(peer_.write(handle, offset, "x"), fx::failure) << offset;
        EXPECT_EQ(peer_.write(handle, 0, "x"), fx::failure);
        EXPECT_EQ(peer_.close(handle), fx::failure);
        EXPECT_EQ(refusal(files_.stat("/a")), Error::not_found);
    }
}

TEST_F(SftpTransfer, FailedWriteStaysWithTheHandle) {
    SftpPeer small(storage::MemoryOptions{.capacity = 10});
    const Files files(small.volume());
    const auto handle = small.open("/a", fxf::put);
    EXPECT_EQ(small.write(handle, 0, "12345"), fx::ok);
    EXPECT_EQ(small.write(handle, 5, "6789012345"), fx::failure);
    EXPECT_EQ(small.write(handle, 5, "6"), fx::failure);
    const auto closed = small.ask_close(handle);
    EXPECT_EQ(closed.code(), fx::failure);
    EXPECT_EQ(closed.text(), describe(Error::no_space));
    EXPECT_EQ(refusal(files.stat("/a")), Error::not_found);
    ASSERT_EQ(small.reports.size(), 1U);
    EXPECT_EQ(small.reports[0].what, FileReport::What::abandoned);
    EXPECT_EQ(small.reports[0].why, describe(Error::no_space));
    const auto next = small.open("/a", fxf::put);
    EXPECT_EQ(small.write(next, 0, "1234567890"), fx::ok);
    EXPECT_EQ(small.close(next), fx::ok);
}

TEST_F(SftpTransfer, WhatWasWrittenCanBeReadBack) {
    const auto handle = peer_.open("/a", read_write);
    EXPECT_EQ(peer_.write(handle, 0, "abcdef"), fx::ok);
    EXPECT_EQ(peer_.data(handle, 2, 100), "cdef");
    EXPECT_EQ(peer_.read(handle, 6, 1).code(), fx::eof);
    EXPECT_EQ(peer_.close(handle), fx::ok);
}

TEST_F(SftpTransfer, ExistingFileCanBeReadAndChangedInPlace) {
    ASSERT_TRUE(files_.store(test::to("/a"), "0123456789"));
    const auto handle = peer_.open("/a", fxf::read | fxf::write);
    EXPECT_EQ(peer_.data(handle, 0, 100), "0123456789");
    EXPECT_EQ(peer_.write(handle, 5, "X"), fx::ok);
    EXPECT_EQ(peer_.data(handle, 4, 3), "4X6");
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(files_.read("/a").value(), "01234X6789");
}

TEST_F(SftpTransfer, GapReadsAsZeros) {
    const auto handle = peer_.open("/a", read_write);
    EXPECT_EQ(peer_.write(handle, 3, "x"), fx::ok);
    EXPECT_EQ(peer_.data(handle, 0, 10), std::string("\0\0\0x", 4));
}

TEST_F(SftpTransfer, FsyncWorksOnFiles) {
    ASSERT_TRUE(files_.store(test::to("/a"), "abc"));
    const auto writing = peer_.open("/b", fxf::put);
    EXPECT_EQ(fsync(writing), fx::ok);
    EXPECT_EQ(fsync(peer_.open("/a", fxf::read)), fx::ok);
    EXPECT_EQ(fsync("12345678"), fx::failure);
    EXPECT_EQ(refusal(files_.stat("/b")), Error::not_found);
    EXPECT_EQ(peer_.close(writing), fx::ok);
}

TEST_F(SftpTransfer, FailedFsyncMakesCloseFail) {
    peer_.use(std::make_shared<test::FailingVolume>(peer_.volume(), test::Fault::sync));
    const auto handle = peer_.open("/a", fxf::put);
    EXPECT_EQ(peer_.write(handle, 0, "abc"), fx::ok);
    EXPECT_EQ(fsync(handle), fx::failure);
    EXPECT_EQ(peer_.write(handle, 3, "d"), fx::failure);
    EXPECT_EQ(peer_.close(handle), fx::failure);
    EXPECT_EQ(refusal(files_.stat("/a")), Error::not_found);
}

TEST_F(SftpTransfer, FailedCommitIsNotAcknowledged) {
    peer_.use(std::make_shared<test::FailingVolume>(peer_.volume(), test::Fault::commit));
    const auto handle = peer_.open("/a", fxf::put);
    EXPECT_EQ(peer_.write(handle, 0, "abc"), fx::ok);
    const auto closed = peer_.ask_close(handle);
    EXPECT_EQ(closed.code(), fx::failure);
    EXPECT_EQ(closed.text(), describe(Error::io));
    EXPECT_EQ(refusal(files_.read("/a")), Error::not_found);
    EXPECT_EQ(peer_.reports.at(0).what, FileReport::What::abandoned);
}

}  // namespace
}  // namespace sallyport::sftp
