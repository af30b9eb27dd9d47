#include <gtest/gtest.h>

#include "protocol/sftp/limits.hpp"
#include "tests/support/sftp_peer.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::sftp {
namespace {

using storage::Error;
using test::Fields;
using test::Files;
using test::refusal;
using test::SftpPeer;
using What = FileReport::What;
namespace fx = test::fx;
namespace fxf = test::fxf;
namespace fxp = test::fxp;

/// A session that finds /old with ten bytes, and the directory /d.
class SftpOpen : public testing::Test {
  protected:
    SftpOpen() {
        EXPECT_TRUE(files_.store(test::to("/old"), "0123456789"));
        EXPECT_TRUE(files_.mkdir("/d"));
    }

    SftpPeer peer_;
    Files files_{peer_.volume()};
};

TEST_F(SftpOpen, UploadIsPublishedByClose) {
    const auto handle = peer_.open("/new", fxf::put);
    EXPECT_EQ(peer_.write(handle, 0, "hello"), fx::ok);
    EXPECT_EQ(refusal(files_.read("/new")), Error::not_found);
    const auto closed = peer_.ask_close(handle);
    EXPECT_EQ(closed.code(), fx::ok);
    EXPECT_EQ(closed.text(), "Success");
    EXPECT_EQ(files_.read("/new").value(), "hello");
}

TEST_F(SftpOpen, EmptyUploadIsAnEmptyFile) {
    EXPECT_EQ(peer_.close(peer_.open("/new", fxf::put)), fx::ok);
    EXPECT_EQ(files_.read("/new").value(), "");
}

TEST_F(SftpOpen, TruncatingReplacesOnlyWhenClosed) {
    const auto handle = peer_.open("/old", fxf::put);
    EXPECT_EQ(peer_.write(handle, 0, "new"), fx::ok);
    EXPECT_EQ(files_.read("/old").value(), "0123456789");
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(files_.read("/old").value(), "new");
}

TEST_F(SftpOpen, WithoutTruncationTheRestStays) {
    for (const std::uint32_t flags : {fxf::write, fxf::write | fxf::creat}) {
        const auto handle = peer_.open("/old", flags);
        EXPECT_EQ(peer_.write(handle, 3, "XY"), fx::ok);
        EXPECT_EQ(peer_.close(handle), fx::ok);
    }
    EXPECT_EQ(files_.read("/old").value(), "012XY56789");
}

TEST_F(SftpOpen, WithoutCreateTheFileMustExist) {
    for (const std::uint32_t flags :
         {fxf::write, fxf::write | fxf::trunc, fxf::read | fxf::write, fxf::write | fxf::append}) {
        EXPECT_EQ(peer_.try_open("/new", flags).code(), fx::no_such_file) << flags;
    }
    EXPECT_EQ(peer_.session().open_handles(), 0U);
}

TEST_F(SftpOpen, ExclusiveRefusesWhatExists) {
    EXPECT_EQ(peer_.try_open("/old", fxf::put | fxf::excl).code(), fx::failure);
    EXPECT_EQ(peer_.close(peer_.open("/new", fxf::put | fxf::excl)), fx::ok);
    EXPECT_EQ(peer_.try_open("/new", fxf::write | fxf::creat | fxf::excl).code(), fx::failure);
}

TEST_F(SftpOpen, ExclusiveIsDecidedAgainByClose) {
    const auto handle = peer_.open("/new", fxf::put | fxf::excl);
    ASSERT_TRUE(files_.store(test::to("/new"), "somebody else's"));
    const auto closed = peer_.ask_close(handle);
    EXPECT_EQ(closed.code(), fx::failure);
    EXPECT_EQ(closed.text(), describe(Error::exists));
    EXPECT_EQ(files_.read("/new").value(), "somebody else's");
    ASSERT_EQ(peer_.reports.size(), 1U);
    EXPECT_EQ(peer_.reports[0].what, What::abandoned);
    EXPECT_EQ(peer_.close(handle), fx::failure);
}

TEST_F(SftpOpen, ExclusiveDoesNotTakeUpAPartial) {
    files_.leave_partial("/cut", "half");
    const auto handle = peer_.open("/cut", fxf::write | fxf::creat | fxf::excl);
    EXPECT_EQ(peer_.write(handle, 0, "x"), fx::ok);
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(files_.read("/cut").value(), "x");
}

TEST_F(SftpOpen, PartialIsResumedWithoutTruncation) {
    files_.leave_partial("/cut", "half");
    const auto handle = peer_.open("/cut", fxf::write);
    EXPECT_EQ(peer_.write(handle, 4, " and half"), fx::ok);
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(files_.read("/cut").value(), "half and half");
    ASSERT_EQ(peer_.reports.size(), 1U);
    EXPECT_TRUE(peer_.reports[0].resumed);
    EXPECT_EQ(peer_.reports[0].moved, 9U);
}

TEST_F(SftpOpen, AppendIgnoresOffsets) {
    for (const std::uint32_t flags : {fxf::write | fxf::append, fxf::append}) {
        const auto handle = peer_.open("/old", flags);
        EXPECT_EQ(peer_.write(handle, 0, "a"), fx::ok);
        EXPECT_EQ(peer_.write(handle, 999, "b"), fx::ok);
        EXPECT_EQ(peer_.close(handle), fx::ok);
    }
    EXPECT_EQ(files_.read("/old").value(), "0123456789abab");
}

TEST_F(SftpOpen, NeitherReadingNorWritingIsRefused) {
    EXPECT_EQ(peer_.try_open("/old", 0).code(), fx::failure);
    EXPECT_EQ(peer_.try_open("/new", fxf::creat | fxf::trunc).code(), fx::failure);
    EXPECT_EQ(refusal(files_.stat("/new")), Error::not_found);
}

TEST_F(SftpOpen, ReadingNeedsAFile) {
    EXPECT_EQ(peer_.try_open("/nowhere", fxf::read).code(), fx::no_such_file);
    EXPECT_EQ(peer_.try_open("/old/x", fxf::read).code(), fx::no_such_file);
    EXPECT_EQ(peer_.try_open("/d", fxf::read).code(), fx::failure);
    EXPECT_EQ(peer_.try_open("/d", fxf::put).code(), fx::failure);
}

TEST_F(SftpOpen, NamesThatCannotBeAreRefused) {
    const std::string wide(storage::max_component_bytes + 1, 'a');
    for (const auto& name : {std::string("/a\0b", 4), std::string("/\xc0\xaf"),
                             std::string("/.sallyport/x"), "/" + wide, std::string("/a\n")}) {
        EXPECT_EQ(peer_.try_open(name, fxf::put).code(), fx::failure);
        EXPECT_EQ(peer_.try_open(name, fxf::read).code(), fx::failure);
    }
}

TEST_F(SftpOpen, PathsStayInsideTheRoot) {
    EXPECT_EQ(peer_.close(peer_.open("../../new", fxf::put)), fx::ok);
    EXPECT_TRUE(files_.stat("/new"));
}

TEST_F(SftpOpen, AnnouncedSizeIsAHintThatAllocatesNothing) {
    const auto announced = [&](std::string_view path, std::uint32_t flags, std::uint64_t size) {
        return peer_.try_open(path, flags, test::size_attribute(size));
    };
    EXPECT_EQ(announced("/new", fxf::put, std::uint64_t{1} << 62).code(), fx::failure);
    auto fits = announced("/new", fxf::put, 1000);
    ASSERT_EQ(fits.type, fxp::handle);
    EXPECT_EQ(peer_.close(fits.str()), fx::ok);
    EXPECT_EQ(files_.read("/new").value(), "");
    auto in_place = announced("/old", fxf::write, std::uint64_t{1} << 62);
    EXPECT_EQ(in_place.type, fxp::handle);
}

TEST_F(SftpOpen, PermissionsOfTheClientAreNotUsed) {
    auto answer = peer_.try_open("/new", fxf::put, test::mode_attribute(0100666));
    EXPECT_EQ(peer_.close(answer.str()), fx::ok);
    EXPECT_EQ(files_.stat("/new")->mode, 0640U);
}

TEST_F(SftpOpen, HandlesAreLimited) {
    std::string last;
    for (std::size_t i = 0; i < max_handles; ++i) last = peer_.open("/old", fxf::read);
    const auto refused = peer_.try_open("/old", fxf::read);
    EXPECT_EQ(refused.code(), fx::failure);
    EXPECT_EQ(refused.text(), "too many files are open");
    EXPECT_EQ(peer_.try_open("/new", fxf::put).code(), fx::failure);
    EXPECT_EQ(peer_.ask(fxp::opendir, Fields().str("/")).code(), fx::failure);
    EXPECT_EQ(refusal(files_.stat("/new")), Error::not_found);
    EXPECT_EQ(peer_.close(last), fx::ok);
    static_cast<void>(peer_.open("/old", fxf::read));
    EXPECT_EQ(peer_.session().open_handles(), max_handles);
}

TEST_F(SftpOpen, ClosedHandleIsUnknown) {
    for (const auto& handle :
         {peer_.open("/old", fxf::read), peer_.open("/new", fxf::put), peer_.opendir("/")}) {
        EXPECT_EQ(peer_.close(handle), fx::ok);
        const auto again = peer_.ask_close(handle);
        EXPECT_EQ(again.code(), fx::failure);
        EXPECT_EQ(again.text(), "no such handle");
    }
}

TEST_F(SftpOpen, HandlesThatNeverWereAreUnknown) {
    static_cast<void>(peer_.open("/old", fxf::read));
    for (const auto& handle : {std::string(), std::string(3, 'x'), std::string(5, 'x'),
                               std::string(8, '\xff'), std::string(1000, 'x')}) {
        EXPECT_EQ(peer_.close(handle), fx::failure);
        EXPECT_EQ(peer_.read(handle, 0, 1).code(), fx::failure);
        EXPECT_EQ(peer_.write(handle, 0, "x"), fx::failure);
    }
}

TEST_F(SftpOpen, ReceivedFileIsReported) {
    const auto handle = peer_.open("/new", fxf::put);
    EXPECT_EQ(peer_.write(handle, 0, "abc"), fx::ok);
    peer_.now += std::chrono::seconds(2);
    EXPECT_EQ(peer_.close(handle), fx::ok);
    ASSERT_EQ(peer_.reports.size(), 1U);
    const auto& report = peer_.reports[0];
    EXPECT_EQ(report.what, What::received);
    EXPECT_EQ(report.path.str(), "/new");
    EXPECT_EQ(report.size, 3U);
    EXPECT_EQ(report.moved, 3U);
    EXPECT_EQ(report.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_FALSE(report.resumed);
    EXPECT_EQ(report.duration, std::chrono::seconds(2));
}

TEST_F(SftpOpen, SentFileIsReportedWhenItWasRead) {
    EXPECT_EQ(peer_.close(peer_.open("/old", fxf::read)), fx::ok);
    EXPECT_TRUE(peer_.reports.empty());
    const auto handle = peer_.open("/old", fxf::read);
    EXPECT_EQ(peer_.data(handle, 2, 5), "23456");
    EXPECT_EQ(peer_.close(handle), fx::ok);
    ASSERT_EQ(peer_.reports.size(), 1U);
    EXPECT_EQ(peer_.reports[0].what, What::sent);
    EXPECT_EQ(peer_.reports[0].size, 10U);
    EXPECT_EQ(peer_.reports[0].moved, 5U);
}

}  // namespace
}  // namespace sallyport::sftp
