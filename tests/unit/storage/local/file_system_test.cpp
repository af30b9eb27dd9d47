#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <thread>

#include "storage/local/errno_map.hpp"
#include "tests/unit/storage/local/local_test.hpp"

namespace sallyport::test {
namespace {

/// What depends on the file system below: its limits, its mounts, its attributes.
class FileSystem : public LocalTest {};

#define SKIP_UNLESS_MOUNTED(file_system) \
    if (!(file_system).mounted()) GTEST_SKIP() << "file systems cannot be mounted here"

TEST_F(FileSystem, AFullDiskFailsOneUploadOnly) {
    SmallFileSystem small(root());
    SKIP_UNLESS_MOUNTED(small);
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/before"), "x"));
    auto upload = alice.begin(to("/big")).value();
    const std::string piece(600'000, 'x');
    EXPECT_TRUE(write(*upload, 0, piece));
    EXPECT_EQ(refusal(write(*upload, piece.size(), piece)), Error::no_space);
    run(upload->abandon(Upload::Keep::nothing));
    EXPECT_EQ(count_below(staging() / "active"), 0U);
    EXPECT_TRUE(alice.store(to("/after"), piece));
    EXPECT_EQ(alice.names("/"), (std::vector<std::string>{"after", "before"}));
}

TEST_F(FileSystem, WhatFitsOnAFullDiskCanBeResumed) {
    SmallFileSystem small(root());
    SKIP_UNLESS_MOUNTED(small);
    const Files alice = files();
    auto upload = alice.begin(to("/big")).value();
    const std::string piece(600'000, 'x');
    ASSERT_TRUE(write(*upload, 0, piece));
    ASSERT_FALSE(write(*upload, piece.size(), piece));
    run(upload->abandon(Upload::Keep::partial));
    EXPECT_EQ(alice.stat("/big")->size, piece.size() - storage::held_back_bytes);
    EXPECT_EQ(alice.store(resume_at_end("/big"), "xend").value().size, piece.size() + 3);
}

TEST_F(FileSystem, TheFreeSpaceFloorIsNeverTouched) {
    SmallFileSystem small(root());
    SKIP_UNLESS_MOUNTED(small);
    options_.min_free = 512 * 1024;
    const Files alice = files();
    UploadRequest request = to("/a");
    request.announced_size = 600'000;
    EXPECT_EQ(refusal(alice.begin(request)), Error::no_space);
    request.announced_size = 400'000;
    EXPECT_TRUE(alice.begin(request));
    EXPECT_EQ(refusal(alice.store(to("/b"), std::string(600'000, 'x'))), Error::no_space);
    ASSERT_TRUE(alice.store(to("/b"), std::string(512 * 1024, 'x')));
    EXPECT_EQ(refusal(alice.store(to("/c"), "x")), Error::no_space);
    EXPECT_EQ(run(alice.volume().space())->free, 0U);
}

TEST_F(FileSystem, ConcurrentUploadsNeverTouchTheFreeSpaceFloor) {
    SmallFileSystem small(root());
    SKIP_UNLESS_MOUNTED(small);
    options_.min_free = 512 * 1024;
    const Files alice = files();
    const std::string piece(20'000, 'x');
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&, i] {
            auto upload = alice.begin(to("/" + std::to_string(i)));
            for (std::uint64_t end = 0; upload && write(**upload, end, piece);
                 end += piece.size()) {
            }
            if (upload) run((*upload)->abandon(Upload::Keep::partial));
        });
    }
    for (auto& thread : threads) thread.join();
    const auto free = std::filesystem::space(root()).available;
    EXPECT_GE(free, options_.min_free);
    EXPECT_LT(free, options_.min_free + 2 * piece.size()) << "what may be used, can be";
}

TEST_F(FileSystem, WritingOverBytesWorksAtTheFloor) {
    SmallFileSystem small(root());
    SKIP_UNLESS_MOUNTED(small);
    options_.min_free = 512 * 1024;
    auto upload = files().begin(to("/a")).value();
    const std::string piece(4096, 'x');
    std::uint64_t end = 0;
    while (write(*upload, end, piece)) end += piece.size();
    auto other = files().begin(to("/b")).value();
    run(upload->abandon(Upload::Keep::nothing));
    for (std::uint64_t at = 0; at < end; at += piece.size()) ASSERT_TRUE(write(*other, at, piece));
    EXPECT_TRUE(write(*other, 0, piece));
    EXPECT_FALSE(write(*other, end, piece));
}

TEST_F(FileSystem, HolesCountAsUsedSpace) {
    SmallFileSystem small(root());
    SKIP_UNLESS_MOUNTED(small);
    const Files alice = files();
    auto upload = alice.begin(to("/a")).value();
    EXPECT_TRUE(write(*upload, 600'000, "x"));
    EXPECT_TRUE(run(upload->truncate(900'000)));
    EXPECT_EQ(refusal(write(*upload, 1'200'000, "x")), Error::no_space);
    auto filled = alice.begin(to("/b")).value();
    EXPECT_TRUE(write(*filled, 0, std::string(600'000, 'x')));
    EXPECT_TRUE(run(filled->truncate(900'000)));
    EXPECT_EQ(refusal(run(filled->truncate(1'200'000))), Error::no_space);
}

TEST_F(FileSystem, AHoleNeverTouchesTheFreeSpaceFloor) {
    SmallFileSystem small(root());
    SKIP_UNLESS_MOUNTED(small);
    options_.min_free = 512 * 1024;
    auto upload = files().begin(to("/a")).value();
    EXPECT_TRUE(run(upload->truncate(400'000)));
    EXPECT_EQ(refusal(run(upload->truncate(600'000))), Error::no_space);
}

TEST_F(FileSystem, AReadOnlyOneSaysSo) {
    SmallFileSystem small(root());
    SKIP_UNLESS_MOUNTED(small);
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "x"));
    ASSERT_EQ(::mount(nullptr, root().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
    EXPECT_EQ(refusal(alice.begin(to("/b"))), Error::read_only);
    EXPECT_EQ(refusal(alice.mkdir("/in")), Error::read_only);
    EXPECT_EQ(refusal(alice.remove("/a")), Error::read_only);
    EXPECT_EQ(alice.read("/a").value(), "x");
}

TEST_F(FileSystem, AnUnmountedRootIsUnavailable) {
    SmallFileSystem small(root());
    SKIP_UNLESS_MOUNTED(small);
    const Files alice = files();
    auto upload = alice.begin(to("/a")).value();
    small.unmount();
    EXPECT_EQ(refusal(alice.begin(to("/b"))), Error::unavailable);
    EXPECT_EQ(refusal(run(upload->commit())), Error::unavailable);
    EXPECT_EQ(count_below(root()), 0U);
}

TEST_F(FileSystem, AHomeOnAnotherOneStagesInItself) {
    std::filesystem::create_directory(home());
    SmallFileSystem small(home());
    SKIP_UNLESS_MOUNTED(small);
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "x"));
    alice.leave_partial("/b", "part");
    EXPECT_EQ(alice.names("/"), (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(std::filesystem::exists(home() / ".sallyport" / "active"));
    EXPECT_TRUE(alice.store(resume_at_end("/b"), "ial"));
    EXPECT_EQ(alice.read("/b").value(), "partial");
    run(backend_->sweep());
}

TEST_F(FileSystem, AMountInsideAHomeIsRefusedBeforeTheBytesCome) {
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/in"));
    SmallFileSystem small(home() / "in");
    SKIP_UNLESS_MOUNTED(small);
    EXPECT_EQ(refusal(alice.begin(to("/in/a"))), Error::forbidden);
}

/// Returns when the clock that files are dated by has gone on.
void wait_for_tick(const std::filesystem::path& probe) {
    write_file(probe, "x");
    const auto before = std::filesystem::last_write_time(probe);
    while (std::filesystem::last_write_time(probe) == before) write_file(probe, "x");
}

TEST_F(FileSystem, AnInodeUsedAgainIsAnotherFile) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "x"));
    const std::string id = alice.stat("/a")->id;
    wait_for_tick(outside() / "probe");
    ASSERT_TRUE(alice.remove("/a"));
    ASSERT_TRUE(alice.store(to("/a"), "x"));
    EXPECT_NE(alice.stat("/a")->id, id);
}

class RememberedDigest : public FileSystem {
  protected:
    /// Changes the content but neither size nor time of change, so that only reading the file could
    /// tell.
    void tamper(const std::filesystem::path& file, const std::string& text) {
        struct stat before {};
        ASSERT_EQ(::stat(file.c_str(), &before), 0);
        write_file(file, text);
        const timespec times[] = {before.st_atim, before.st_mtim};
        ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
    }
    [[nodiscard]] bool has_attributes() const {
        return ::setxattr(root().c_str(), "user.probe", "x", 1, 0) == 0;
    }
    [[nodiscard]] static std::string sha256(const Files& files, const char* name) {
        return run(files.volume().digest(path(name), storage::DigestAlgorithm::sha256)).value();
    }
};

TEST_F(RememberedDigest, AnswersWithoutReadingTheFile) {
    if (!has_attributes()) GTEST_SKIP() << "no extended attributes here";
    const Files alice = files();
    const std::string known = alice.store(to("/a"), "hello").value().sha256;
    tamper(home() / "a", "HELLO");
    EXPECT_EQ(sha256(alice, "/a"), known);
}

TEST_F(RememberedDigest, StaysWhenAClientSetsTheTime) {
    if (!has_attributes()) GTEST_SKIP() << "no extended attributes here";
    const Files alice = files();
    const std::string known = alice.store(to("/a"), "hello").value().sha256;
    storage::AttributeChange change;
    change.modified = storage::FileTime(std::chrono::seconds(1'000'000'000));
    ASSERT_TRUE(alice.set("/a", change));
    tamper(home() / "a", "HELLO");
    EXPECT_EQ(sha256(alice, "/a"), known);
}

TEST_F(RememberedDigest, HoldsForAttributesSetBeforePublishing) {
    if (!has_attributes()) GTEST_SKIP() << "no extended attributes here";
    const Files alice = files();
    auto upload = alice.begin(to("/a")).value();
    storage::AttributeChange change;
    change.mode = 0440;
    change.modified = storage::FileTime(std::chrono::seconds(1'000'000'000));
    ASSERT_TRUE(run(upload->set_attributes(change)));
    ASSERT_TRUE(write(*upload, 0, "hello"));
    const std::string known = run(upload->commit()).value().sha256;
    tamper(home() / "a", "HELLO");
    EXPECT_EQ(sha256(alice, "/a"), known);
}

TEST_F(RememberedDigest, IsNotUsedOnceTheFileHasChanged) {
    const Files alice = files();
    const std::string known = alice.store(to("/a"), "hello").value().sha256;
    write_file(home() / "a", "HELLO, WORLD");
    EXPECT_NE(sha256(alice, "/a"), known);
    tamper(home() / "a", "HELLO");
    EXPECT_NE(sha256(alice, "/a"), known);
}

TEST(ErrnoMap, UnknownErrorsAreFailuresOfTheMedium) {
    EXPECT_EQ(storage::from_errno(EIO), Error::io);
    EXPECT_EQ(storage::from_errno(12345), Error::io);
    EXPECT_EQ(storage::from_errno(EROFS), Error::read_only);
    EXPECT_EQ(storage::from_errno(ENOSPC), Error::no_space);
    EXPECT_EQ(storage::from_errno(EDQUOT), Error::quota_exceeded);
    EXPECT_EQ(storage::from_errno(EACCES), Error::forbidden);
    EXPECT_EQ(storage::from_errno(ELOOP), Error::forbidden);
    EXPECT_EQ(storage::from_errno(EXDEV), Error::forbidden);
    EXPECT_EQ(storage::from_errno(ENOTEMPTY), Error::not_empty);
    EXPECT_EQ(storage::from_errno(ENAMETOOLONG), Error::invalid_name);
}

}  // namespace
}  // namespace sallyport::test
