#include "storage/local/local_backend.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "tests/unit/storage/local/local_test.hpp"

namespace sallyport::test {
namespace {

using storage::LocalBackend;

class LocalBackendTest : public LocalTest {
  protected:
    [[nodiscard]] static unsigned mode_of(const std::filesystem::path& path) {
        struct stat status {};
        EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
        return status.st_mode & 07777U;
    }
    [[nodiscard]] std::string failure_to_open() {
        const auto opened = LocalBackend::open(options_, pool_);
        return opened ? "" : opened.error().sentence;
    }
    [[nodiscard]] std::size_t files_staged() const { return count_below(staging() / "active"); }
    [[nodiscard]] std::size_t partials() const { return count_below(staging() / "partials"); }
};

TEST_F(LocalBackendTest, AMissingRootIsASentence) {
    options_.root = directory_.path() / "none";
    const std::string sentence = failure_to_open();
    EXPECT_NE(sentence.find("none"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("No such file or directory"), std::string::npos) << sentence;
}

TEST_F(LocalBackendTest, AFileIsNoRoot) {
    options_.root = directory_.path() / "file";
    write_file(options_.root, "x");
    EXPECT_NE(failure_to_open().find("Not a directory"), std::string::npos);
}

TEST_F(LocalBackendTest, ALinkCannotStandInForTheStagingArea) {
    std::filesystem::create_symlink(outside(), staging());
    EXPECT_NE(failure_to_open().find(".sallyport"), std::string::npos);
    EXPECT_EQ(count_below(outside()), 0U);
}

TEST_F(LocalBackendTest, ASecondOneOnTheSameRootIsRefused) {
    open();
    EXPECT_NE(failure_to_open().find("in use by another process"), std::string::npos);
    backend_.reset();
    EXPECT_EQ(failure_to_open(), "");
}

TEST_F(LocalBackendTest, ProbeLeavesNoFileBehind) {
    open();
    EXPECT_TRUE(run(backend_->probe()));
    EXPECT_EQ(files_staged(), 0U);
}

TEST_F(LocalBackendTest, ProbeSeesThatTheRootIsGone) {
    open();
    std::filesystem::rename(options_.root, directory_.path() / "moved");
    EXPECT_EQ(refusal(run(backend_->probe())), Error::unavailable);
}

TEST_F(LocalBackendTest, ProbeSeesThatNothingCanBeStored) {
    open();
    std::filesystem::remove(staging() / "active");
    EXPECT_FALSE(run(backend_->probe()));
}

TEST_F(LocalBackendTest, AVolumeOutlivesItsBackend) {
    const Files alice = files();
    backend_.reset();
    EXPECT_TRUE(alice.store(to("/a"), "x"));
    EXPECT_NE(failure_to_open(), "");
}

TEST_F(LocalBackendTest, TheStagingAreaIsPrivate) {
    std::filesystem::create_directory(staging());
    std::filesystem::permissions(staging(), std::filesystem::perms::all);
    open();
    EXPECT_EQ(mode_of(staging()), 0700U);
    EXPECT_EQ(mode_of(staging() / "active"), 0700U);
    EXPECT_EQ(mode_of(staging() / "partials"), 0700U);
}

TEST_F(LocalBackendTest, ModesDoNotDependOnTheUmask) {
    for (const mode_t mask : {mode_t{0}, mode_t{0777}}) {
        std::filesystem::remove_all(home());
        const mode_t before = ::umask(mask);
        const Files alice = files();
        EXPECT_TRUE(alice.mkdir("/in"));
        EXPECT_TRUE(alice.store(to("/in/a"), "x"));
        alice.leave_partial("/in/b", "part");
        EXPECT_TRUE(alice.store(resume_at_end("/in/b"), "x"));
        ::umask(before);
        EXPECT_EQ(mode_of(home()), 0750U);
        EXPECT_EQ(mode_of(home() / "in"), 0750U);
        EXPECT_EQ(mode_of(home() / "in" / "a"), 0640U);
        EXPECT_EQ(mode_of(home() / "in" / "b"), 0640U);
        EXPECT_EQ(mode_of(staging()), 0700U);
    }
}

TEST_F(LocalBackendTest, NewDirectoriesInheritTheGroupWhenTheOperatorSaysSo) {
    const Files alice = files();
    ASSERT_EQ(::chmod(home().c_str(), 02750), 0);
    ASSERT_TRUE(alice.mkdir("/in"));
    storage::AttributeChange change;
    change.mode = 0700;
    ASSERT_TRUE(alice.set("/in", change));
    EXPECT_EQ(mode_of(home() / "in"), 02700U);
}

/// A group that no test runs in.
constexpr gid_t some_group = 54321;

gid_t group_of(const std::filesystem::path& path) {
    struct stat status {};
    ::stat(path.c_str(), &status);
    return status.st_gid;
}

TEST_F(LocalBackendTest, PublishedFilesTakeTheGroupOfTheirDirectory) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a directory to any group";
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/in"));
    ASSERT_EQ(::chown((home() / "in").c_str(), 0, some_group), 0);
    ASSERT_EQ(::chmod((home() / "in").c_str(), 02750), 0);
    ASSERT_TRUE(alice.store(to("/in/a"), "x"));
    ASSERT_TRUE(alice.store(to("/b"), "x"));
    EXPECT_EQ(group_of(home() / "in" / "a"), some_group);
    EXPECT_EQ(group_of(home() / "b"), ::getegid());
}

TEST_F(LocalBackendTest, TheGroupOfTheStagingAreaIsNotPassedOn) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a directory to any group";
    ASSERT_EQ(::chown(root().c_str(), 0, some_group), 0);
    ASSERT_EQ(::chmod(root().c_str(), 02750), 0);
    const Files alice = files();
    ASSERT_EQ(group_of(home()), some_group);
    ASSERT_EQ(::chown(home().c_str(), 0, ::getegid()), 0);
    ASSERT_EQ(::chmod(home().c_str(), 0750), 0);
    ASSERT_TRUE(alice.store(to("/a"), "x"));
    EXPECT_EQ(group_of(home() / "a"), ::getegid());
}

TEST_F(LocalBackendTest, NestedHomesAreMade) {
    open();
    const Files nested = open_files(*backend_, "alice", "partners/europe/acme");
    EXPECT_TRUE(nested.store(to("/a"), "x"));
    EXPECT_EQ(read_file(root() / "partners/europe/acme/a"), "x");
}

TEST_F(LocalBackendTest, AHomeMovedAwayIsGone) {
    const Files alice = files();
    auto upload = alice.begin(to("/a")).value();
    std::filesystem::rename(home(), outside() / "acme");
    EXPECT_EQ(refusal(run(upload->commit())), Error::not_found);
    EXPECT_EQ(refusal(alice.mkdir("/in")), Error::not_found);
    EXPECT_EQ(count_below(outside()), 1U);
}

TEST_F(LocalBackendTest, AReplacedRootIsUnavailable) {
    const Files alice = files();
    auto upload = alice.begin(to("/a")).value();
    std::filesystem::rename(root(), directory_.path() / "old");
    std::filesystem::create_directory(root());
    EXPECT_EQ(refusal(alice.begin(to("/b"))), Error::unavailable);
    EXPECT_EQ(refusal(run(upload->commit())), Error::unavailable);
    storage::VolumeRequest request;
    request.owner = request.home = "bob";
    EXPECT_EQ(refusal(run(backend_->open_volume(request))), Error::unavailable);
    EXPECT_EQ(refusal(alice.mkdir("/folder")), Error::unavailable);
    EXPECT_EQ(refusal(alice.remove("/a")), Error::unavailable);
    EXPECT_EQ(refusal(alice.rename("/a", "/b")), Error::unavailable);
    EXPECT_EQ(refusal(alice.list("/")), Error::unavailable);
    EXPECT_EQ(count_below(root()), 0U);
}

TEST_F(LocalBackendTest, WhatACrashLeftIsRemovedAtStart) {
    files().leave_partial("/kept", "part");
    backend_.reset();
    write_file(staging() / "active" / "00112233445566778899aabbccddeeff", "crashed");
    open();
    EXPECT_EQ(files_staged(), 0U);
    EXPECT_EQ(files().stat("/kept")->size, 4U);
}

TEST_F(LocalBackendTest, SweepingRemovesOldPartialsAndTheirFolders) {
    files().leave_partial("/old", "part");
    EXPECT_GT(partials(), 0U);
    run(backend_->sweep());
    EXPECT_TRUE(files().stat("/old"));
    backend_.reset();
    options_.partial_retention = std::chrono::milliseconds(-1000);
    open();
    EXPECT_EQ(partials(), 0U);
    files().leave_partial("/again", "part");
    run(backend_->sweep());
    EXPECT_EQ(refusal(files().stat("/again")), Error::not_found);
    EXPECT_EQ(partials(), 0U);
}

TEST_F(LocalBackendTest, NoUploadLeavesAnythingInTheStagingArea) {
    {
        const Files alice = files();
        ASSERT_TRUE(alice.store(to("/a"), "x"));
        EXPECT_EQ(files_staged(), 0U);
        auto second = alice.begin(to("/b")).value();
        auto racer = alice.begin(to("/b")).value();
        EXPECT_EQ(files_staged(), 2U);
        ASSERT_TRUE(run(second->commit()));
        EXPECT_FALSE(run(racer->commit()));
        EXPECT_EQ(files_staged(), 0U);
        run(alice.begin(to("/c")).value()->abandon(Upload::Keep::nothing));
        EXPECT_EQ(files_staged(), 0U);
        auto destroyed = alice.begin(to("/d")).value();
        destroyed.reset();
    }
    settle();
    EXPECT_EQ(files_staged(), 0U);
}

TEST_F(LocalBackendTest, TheLongestNameFitsEverywhere) {
    const Files alice = files();
    const std::string name = "/" + std::string(255, 'n');
    alice.leave_partial(name, "hel");
    EXPECT_EQ(alice.stat(name)->size, 3U);
    ASSERT_TRUE(alice.store(resume_at_end(name), "lo"));
    EXPECT_EQ(alice.read(name).value(), "hello");
    ASSERT_TRUE(alice.store(to(name, Overwrite::keep), "second"));
    EXPECT_EQ(alice.names("/").size(), 2U);
    UploadRequest unique = to(name);
    unique.unique = true;
    EXPECT_TRUE(alice.store(unique, "third"));
}

TEST_F(LocalBackendTest, DurableUploadsWorkToo) {
    options_.fsync = true;
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/in"));
    auto upload = alice.begin(to("/a")).value();
    ASSERT_TRUE(write(*upload, 0, "x"));
    ASSERT_TRUE(run(upload->sync()));
    ASSERT_TRUE(run(upload->commit()));
    ASSERT_TRUE(alice.rename("/a", "/in/a"));
    EXPECT_EQ(alice.read("/in/a").value(), "x");
    EXPECT_TRUE(alice.remove("/in/a"));
    EXPECT_TRUE(alice.rmdir("/in"));
}

TEST_F(LocalBackendTest, DigestsCanBeTurnedOff) {
    options_.digest = false;
    EXPECT_EQ(files().store(to("/a"), "x").value().sha256, "");
}

TEST_F(LocalBackendTest, ALongResumedFileHasTheRightDigest) {
    const Files alice = files();
    const std::string half(700'000, 'h');
    auto whole = alice.begin(to("/whole")).value();
    ASSERT_TRUE(write(*whole, 0, half));
    ASSERT_TRUE(write(*whole, half.size(), half));
    const std::string expected = run(whole->commit()).value().sha256;
    alice.leave_partial("/a", half);
    EXPECT_EQ(alice.store(resume_at_end("/a"), half).value().sha256, expected);
    ASSERT_TRUE(alice.store(to("/b"), half));
    EXPECT_EQ(alice.store(resume_at_end("/b", Overwrite::replace), half).value().sha256, expected);
}

TEST_F(LocalBackendTest, ExactlyOneOfManyConcurrentUploadsWins) {
    constexpr int sessions = 8;
    open();
    std::vector<std::thread> threads;
    std::atomic<int> winners = 0;
    for (int i = 0; i < sessions; ++i) {
        threads.emplace_back([&, i] {
            const Files alice = open_files(*backend_, "user-" + std::to_string(i), "acme");
            auto upload = alice.begin(to("/same"));
            if (!upload) return;  // somebody has won already
            const std::string piece(10'000, static_cast<char>('a' + i));
            for (std::uint64_t n = 0; n < 10; ++n) write(**upload, n * piece.size(), piece).value();
            if (run((*upload)->commit())) ++winners;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
    const std::string text = read_file(home() / "same");
    EXPECT_EQ(text, std::string(100'000, text.at(0)));
}

TEST_F(LocalBackendTest, ConcurrentBackupsLoseNoVersion) {
    constexpr int sessions = 8;
    open();
    std::vector<std::thread> threads;
    std::atomic<std::size_t> stored = 0;
    for (int i = 0; i < sessions; ++i) {
        threads.emplace_back([&, i] {
            const Files alice = open_files(*backend_, "alice", "acme");
            if (alice.store(to("/same", Overwrite::keep), std::to_string(i))) ++stored;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_GT(stored, 0U);
    EXPECT_EQ(files().names("/").size(), stored);
}

}  // namespace
}  // namespace sallyport::test
