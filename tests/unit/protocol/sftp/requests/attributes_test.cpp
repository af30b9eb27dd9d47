#include <gtest/gtest.h>

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
namespace fxp = test::fxp;

/// A session that finds /old of ten bytes, changed at second 1000, and the directory /d.
class SftpAttributes : public testing::Test {
  protected:
    SftpAttributes() {
        EXPECT_TRUE(files_.store(test::to("/old"), "0123456789"));
        EXPECT_TRUE(files_.mkdir("/d"));
        EXPECT_TRUE(files_.set("/old", {.modified = at(1000), .mode = 0640}));
    }
    static storage::FileTime at(std::int64_t second) {
        return storage::FileTime(std::chrono::seconds(second));
    }
    test::SeenAttributes seen(test::Answer answer) {
        EXPECT_EQ(answer.type, fxp::attrs) << answer.text();
        return answer.type == fxp::attrs ? answer.attributes() : test::SeenAttributes();
    }
    test::Answer fstat(std::string_view handle) {
        return peer_.ask(fxp::fstat, Fields().str(handle));
    }

    SftpPeer peer_;
    Files files_{peer_.volume()};
};

TEST_F(SftpAttributes, StatAndLstatAreTheSame) {
    for (const unsigned type : {fxp::stat, fxp::lstat}) {
        const auto file = seen(peer_.ask(type, Fields().str("/old")));
        EXPECT_EQ(file.flags, 0xfU);
        EXPECT_EQ(file.size, 10U);
        EXPECT_EQ(file.mode, 0100640U);
        EXPECT_EQ(file.modified, 1000U);
        EXPECT_EQ(seen(peer_.ask(type, Fields().str("d/"))).mode & 0170000U, 0040000U);
        EXPECT_EQ(peer_.ask(type, Fields().str("/nowhere")).code(), fx::no_such_file);
        EXPECT_EQ(peer_.ask(type, Fields().str("/old/x")).code(), fx::no_such_file);
        EXPECT_EQ(peer_.ask(type, Fields().str("/\x01")).code(), fx::failure);
    }
}

TEST_F(SftpAttributes, StatOfAPartialIsWhatCanBeResumed) {
    files_.leave_partial("/cut", "12345");
    EXPECT_EQ(seen(peer_.stat("/cut")).size, 5U);
}

TEST_F(SftpAttributes, StatOfAnOpenUploadIsTheUpload) {
    const auto handle = peer_.open("/new", fxf::put);
    EXPECT_EQ(seen(peer_.stat("/new")).size, 0U);
    EXPECT_EQ(peer_.write(handle, 0, "abcd"), fx::ok);
    EXPECT_EQ(seen(peer_.stat("/d/../new")).size, 4U);
    EXPECT_EQ(seen(peer_.ask(fxp::lstat, Fields().str("new"))).size, 4U);
    EXPECT_EQ(seen(fstat(handle)).size, 4U);
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(seen(peer_.stat("/new")).size, 4U);
}

TEST_F(SftpAttributes, FstatOfWhatIsOpen) {
    EXPECT_EQ(seen(fstat(peer_.open("/old", fxf::read))).size, 10U);
    EXPECT_EQ(seen(fstat(peer_.opendir("/d"))).mode & 0170000U, 0040000U);
    EXPECT_EQ(fstat("12345678").code(), fx::failure);
}

TEST_F(SftpAttributes, SetstatSetsModeAndTime) {
    EXPECT_EQ(peer_.setstat("/old", Fields().u32(0xc).u32(0100600).u32(1).u32(2000)), fx::ok);
    const auto after = seen(peer_.stat("/old"));
    EXPECT_EQ(after.mode, 0100600U);
    EXPECT_EQ(after.modified, 2000U);
    EXPECT_EQ(peer_.setstat("/d", test::time_attribute(3000)), fx::ok);
    EXPECT_EQ(seen(peer_.stat("/d")).modified, 3000U);
    EXPECT_EQ(peer_.setstat("/nowhere", test::time_attribute(1)), fx::no_such_file);
}

TEST_F(SftpAttributes, SetIdBitsAreNeverSet) {
    EXPECT_EQ(peer_.setstat("/old", test::mode_attribute(0107777)), fx::ok);
    EXPECT_EQ(seen(peer_.stat("/old")).mode, 0100777U);
    const auto handle = peer_.open("/new", fxf::put);
    EXPECT_EQ(peer_.fsetstat(handle, test::mode_attribute(06755)), fx::ok);
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(seen(peer_.stat("/new")).mode, 0100755U);
}

TEST_F(SftpAttributes, NothingToSetIsFineForWhatExists) {
    EXPECT_EQ(peer_.setstat("/old", test::no_attributes()), fx::ok);
    EXPECT_EQ(peer_.setstat("/nowhere", test::no_attributes()), fx::no_such_file);
}

TEST_F(SftpAttributes, OwnersCannotBeChangedButDoNoHarm) {
    EXPECT_EQ(peer_.setstat("/old", test::owner_attribute()), fx::permission_denied);
    EXPECT_EQ(peer_.fsetstat(peer_.open("/old", fxf::read), test::owner_attribute()),
              fx::permission_denied);
    EXPECT_EQ(peer_.setstat("/old", Fields().u32(2 | 8).u32(0).u32(0).u32(1).u32(77)), fx::ok);
    EXPECT_EQ(seen(peer_.stat("/old")).modified, 77U);
    EXPECT_EQ(peer_.fsetstat(peer_.open("/new", fxf::put), test::owner_attribute()), fx::ok);
}

TEST_F(SftpAttributes, SetstatOfSizeCutsAndFills) {
    EXPECT_EQ(peer_.setstat("/old", test::size_attribute(4)), fx::ok);
    EXPECT_EQ(files_.read("/old").value(), "0123");
    EXPECT_EQ(peer_.setstat("/old", test::size_attribute(6)), fx::ok);
    EXPECT_EQ(files_.read("/old").value(), std::string("0123\0\0", 6));
    EXPECT_EQ(peer_.setstat("/nowhere", test::size_attribute(1)), fx::no_such_file);
    EXPECT_EQ(peer_.setstat("/d", test::size_attribute(1)), fx::failure);
    EXPECT_EQ(peer_.reports.size(), 2U);
}

TEST_F(SftpAttributes, SizeAndTimeTogetherAreBothSet) {
    EXPECT_EQ(peer_.setstat("/old", Fields().u32(1 | 8).u64(3).u32(1).u32(55)), fx::ok);
    EXPECT_EQ(seen(peer_.stat("/old")).size, 3U);
    EXPECT_EQ(seen(peer_.stat("/old")).modified, 55U);
}

TEST_F(SftpAttributes, SizeThatIsThereAlreadyPublishesNothing) {
    EXPECT_EQ(peer_.setstat("/old", test::size_attribute(10)), fx::ok);
    EXPECT_TRUE(peer_.reports.empty());
    EXPECT_EQ(seen(peer_.stat("/old")).modified, 1000U);
}

TEST_F(SftpAttributes, ResizedPartialStaysAPartial) {
    files_.leave_partial("/cut", "123456");
    EXPECT_EQ(peer_.setstat("/cut", test::size_attribute(4)), fx::ok);
    EXPECT_EQ(refusal(files_.read("/cut")), Error::not_found);
    EXPECT_EQ(files_.stat("/cut")->size, 4U);
    EXPECT_TRUE(files_.stat("/cut")->partial);
}

TEST_F(SftpAttributes, FailedResizeLeavesTheFile) {
    peer_.use(std::make_shared<test::FailingVolume>(peer_.volume(), test::Fault::truncate));
    EXPECT_EQ(peer_.setstat("/old", test::size_attribute(4)), fx::failure);
    EXPECT_EQ(files_.read("/old").value(), "0123456789");
    EXPECT_FALSE(files_.stat("/old")->partial);
    files_.leave_partial("/cut", "123456");
    EXPECT_EQ(peer_.setstat("/cut", test::size_attribute(4)), fx::failure);
    EXPECT_EQ(files_.stat("/cut")->size, 6U);
}

TEST_F(SftpAttributes, HugeSizesAreRefused) {
    for (const std::uint64_t size : {std::uint64_t{1} << 62, UINT64_MAX}) {
        EXPECT_EQ(peer_.setstat("/old", test::size_attribute(size)), fx::failure);
        const auto handle = peer_.open("/old", fxf::write);
        EXPECT_EQ(peer_.fsetstat(handle, test::size_attribute(size)), fx::failure);
        EXPECT_EQ(peer_.close(handle), fx::failure);
    }
    EXPECT_EQ(files_.read("/old").value(), "0123456789");
}

TEST_F(SftpAttributes, FsetstatChangesWhatWillBePublished) {
    const auto handle = peer_.open("/old", fxf::write);
    EXPECT_EQ(peer_.fsetstat(handle, Fields().u32(1 | 4 | 8).u64(4).u32(0600).u32(1).u32(99)),
              fx::ok);
    EXPECT_EQ(seen(fstat(handle)).size, 4U);
    EXPECT_EQ(files_.read("/old").value(), "0123456789");
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(files_.read("/old").value(), "0123");
    const auto after = seen(peer_.stat("/old"));
    EXPECT_EQ(after.mode, 0100600U);
    EXPECT_EQ(after.modified, 99U);
}

TEST_F(SftpAttributes, TimeSetBeforeTheLastWriteStays) {
    const auto handle = peer_.open("/new", fxf::put);
    EXPECT_EQ(peer_.fsetstat(handle, test::time_attribute(99)), fx::ok);
    EXPECT_EQ(peer_.write(handle, 0, "abc"), fx::ok);
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(seen(peer_.stat("/new")).modified, 99U);
}

TEST_F(SftpAttributes, FailedTruncationStaysWithTheHandle) {
    peer_.use(std::make_shared<test::FailingVolume>(peer_.volume(), test::Fault::truncate));
    const auto handle = peer_.open("/old", fxf::write);
    EXPECT_EQ(peer_.fsetstat(handle, test::size_attribute(4)), fx::failure);
    EXPECT_EQ(peer_.write(handle, 0, "x"), fx::failure);
    EXPECT_EQ(peer_.close(handle), fx::failure);
    EXPECT_EQ(files_.read("/old").value(), "0123456789");
}

TEST_F(SftpAttributes, SetstatByPathReachesTheOpenUpload) {
    const auto handle = peer_.open("/new", fxf::put);
    EXPECT_EQ(peer_.write(handle, 0, "abcdef"), fx::ok);
    EXPECT_EQ(peer_.setstat("/new", Fields().u32(1 | 4 | 8).u64(3).u32(0600).u32(1).u32(99)),
              fx::ok);
    EXPECT_EQ(refusal(files_.read("/new")), Error::not_found);
    EXPECT_EQ(peer_.close(handle), fx::ok);
    EXPECT_EQ(files_.read("/new").value(), "abc");
    EXPECT_EQ(seen(peer_.stat("/new")).modified, 99U);
}

TEST_F(SftpAttributes, FsetstatOnReadHandlesIsByPath) {
    EXPECT_EQ(peer_.fsetstat(peer_.open("/old", fxf::read), test::time_attribute(42)), fx::ok);
    EXPECT_EQ(seen(peer_.stat("/old")).modified, 42U);
    EXPECT_EQ(peer_.fsetstat(peer_.opendir("/d"), test::time_attribute(43)), fx::ok);
    EXPECT_EQ(seen(peer_.stat("/d")).modified, 43U);
    EXPECT_EQ(peer_.fsetstat("12345678", test::time_attribute(1)), fx::failure);
}

TEST_F(SftpAttributes, LsetstatIsSetstat) {
    const auto answer = peer_.extended("lsetstat@openssh.com",
                                       Fields().str("/old").raw(test::time_attribute(44).bytes()));
    EXPECT_EQ(answer.code(), fx::ok);
    EXPECT_EQ(seen(peer_.stat("/old")).modified, 44U);
}

}  // namespace
}  // namespace sallyport::sftp
