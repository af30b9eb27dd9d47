#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/storage/local/local_test.hpp"

namespace sallyport::test {
namespace {

/// Mounts against the file system that they are on.
class LocalMounts : public LocalTest {
  protected:
    [[nodiscard]] Files mounted(const std::string& at = "/reports") {
        if (!backend_) open();
        storage::VolumeRequest request{.owner = "alice", .home = "acme"};
        request.mounts = {{path(at), outside()}};
        return Files(run(backend_->open_volume(request)).value());
    }
    void make_read_only(const SmallFileSystem&) {
        ASSERT_EQ(::mount(nullptr, outside().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
    }
};

#define SKIP_UNLESS_MOUNTED(file_system) \
    if (!(file_system).mounted()) GTEST_SKIP() << "file systems cannot be mounted here"

TEST_F(LocalMounts, UploadsAreStagedInTheMount) {
    auto upload = mounted().begin(to("/reports/a")).value();
    ASSERT_TRUE(write(*upload, 0, "x"));
    EXPECT_EQ(count_below(outside() / ".sallyport" / "active"), 1U);
    EXPECT_TRUE(mounted().names("/reports").empty());
    ASSERT_TRUE(run(upload->commit()));
    EXPECT_EQ(read_file(outside() / "a"), "x");
    EXPECT_EQ(count_below(outside() / ".sallyport" / "active"), 0U);
}

TEST_F(LocalMounts, AMountOnAnotherFileSystemWorks) {
    SmallFileSystem small(outside());
    SKIP_UNLESS_MOUNTED(small);
    ASSERT_TRUE(mounted().store(to("/reports/a"), "x"));
    EXPECT_EQ(read_file(outside() / "a"), "x");
    EXPECT_LE(run(mounted().volume().space(path("/reports")))->total, 1024U * 1024U);
    EXPECT_EQ(refusal(mounted().rename("/reports/a", "/a")), Error::crosses_folders);
    backend_.reset();
}

TEST_F(LocalMounts, AReadOnlyFileSystemCanBeRead) {
    SmallFileSystem small(outside());
    SKIP_UNLESS_MOUNTED(small);
    write_file(outside() / "a", "x");
    make_read_only(small);
    EXPECT_EQ(mounted().read("/reports/a").value(), "x");
    EXPECT_EQ(mounted().names("/reports"), std::vector<std::string>{"a"});
    EXPECT_EQ(refusal(mounted().store(to("/reports/b"), "x")), Error::read_only);
    EXPECT_EQ(refusal(mounted().remove("/reports/a")), Error::read_only);
    EXPECT_EQ(run(mounted().volume().space(path("/reports")))->free, 0U);
    backend_.reset();
}

TEST_F(LocalMounts, NothingIsMadeWhereNothingMayBeWritten) {
    open();
    storage::VolumeRequest request{.owner = "alice", .home = "acme"};
    request.mounts = {{path("/reports"), outside(), false}};
    const Files alice(run(backend_->open_volume(request)).value());
    EXPECT_TRUE(alice.names("/reports").empty());
    EXPECT_EQ(refusal(alice.store(to("/reports/a"), "x")), Error::forbidden);
    EXPECT_EQ(count_below(outside()), 0U);
}

TEST_F(LocalMounts, AFolderThatIsNotThereIsUnavailable) {
    std::filesystem::remove(outside());
    const Files alice = mounted("/in/reports");
    EXPECT_EQ(refusal(alice.list("/in/reports")), Error::unavailable);
    EXPECT_EQ(refusal(alice.stat("/in/reports")), Error::unavailable);
    EXPECT_EQ(refusal(alice.store(to("/in/reports/a"), "x")), Error::unavailable);
    EXPECT_TRUE(alice.names("/in").empty());
    EXPECT_TRUE(alice.store(to("/b"), "x")) << "everything else goes on";
    EXPECT_FALSE(std::filesystem::exists(outside()));
    std::filesystem::create_directory(outside());
    EXPECT_TRUE(mounted("/in/reports").store(to("/in/reports/a"), "x"));
}

TEST_F(LocalMounts, AFolderThatIsReplacedTakesNoMore) {
    const Files alice = mounted();
    auto upload = alice.begin(to("/reports/a")).value();
    std::filesystem::rename(outside(), directory_.path() / "moved");
    std::filesystem::create_directory(outside());
    EXPECT_EQ(refusal(alice.begin(to("/reports/b"))), Error::unavailable);
    EXPECT_EQ(refusal(run(upload->commit())), Error::unavailable);
    EXPECT_EQ(count_below(outside()), 0U);
    EXPECT_TRUE(mounted().store(to("/reports/b"), "x")) << "who logs in finds the new one";
    EXPECT_EQ(read_file(outside() / "b"), "x");
}

TEST_F(LocalMounts, LinksInAMountAreNotFollowed) {
    write_file(directory_.path() / "secret", "x");
    std::filesystem::create_symlink(directory_.path() / "secret", outside() / "link");
    std::filesystem::create_directory_symlink(directory_.path(), outside() / "up");
    const Files alice = mounted();
    EXPECT_EQ(refusal(alice.read("/reports/link")), Error::not_a_regular_file);
    EXPECT_EQ(refusal(alice.read("/reports/up/secret")), Error::forbidden);
    EXPECT_TRUE(alice.names("/reports").empty());
}

TEST_F(LocalMounts, PartialsInAMountSurviveACrash) {
    mounted().leave_partial("/reports/a", "hel");
    auto upload = mounted().begin(resume_at_end("/reports/a")).value();
    ASSERT_TRUE(write(*upload, 3, "lo"));
    // A second process would find what this one has left, had it been killed.
    std::filesystem::copy(outside(), directory_.path() / "after",
                          std::filesystem::copy_options::recursive);
    run(upload->abandon(Upload::Keep::nothing));
    upload.reset();
    settle();
    std::filesystem::remove_all(outside());
    std::filesystem::rename(directory_.path() / "after", outside());
    EXPECT_EQ(mounted().stat("/reports/a")->size, 4U);
    ASSERT_TRUE(mounted().store(resume_at_end("/reports/a"), "o!"));
    EXPECT_EQ(read_file(outside() / "a"), "hello!");
}

TEST_F(LocalMounts, SweepingReachesMounts) {
    mounted().leave_partial("/reports/a", "x");
    const auto partials = outside() / ".sallyport" / "partials";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(partials)) {
        if (!entry.is_regular_file()) continue;
        std::filesystem::last_write_time(
            entry, std::filesystem::file_time_type::clock::now() - std::chrono::hours(25));
    }
    run(backend_->sweep());
    EXPECT_EQ(count_below(partials), 0U);
}

TEST_F(LocalMounts, TwoServersCanShareAFolder) {
    auto upload = mounted().begin(to("/reports/a")).value();
    ASSERT_TRUE(write(*upload, 0, "hello"));
    std::filesystem::create_directory(directory_.path() / "second");
    options_.root = directory_.path() / "second";
    const auto second = storage::LocalBackend::open(options_, pool_).value();
    storage::VolumeRequest request{.owner = "bob", .home = "bob"};
    request.mounts = {{path("/reports"), outside()}};
    const Files bob(run(second->open_volume(request)).value());
    ASSERT_TRUE(bob.store(to("/reports/b"), "x"));
    ASSERT_TRUE(run(upload->commit()));
    EXPECT_EQ(bob.read("/reports/a").value(), "hello");
}

TEST_F(LocalMounts, AMountMayBeTheHomeOfAnother) {
    open();
    ASSERT_TRUE(open_files(*backend_, "bob", "bob").store(to("/a"), "x"));
    storage::VolumeRequest request{.owner = "alice", .home = "acme"};
    request.mounts = {{path("/bob"), root() / "bob"}, {path("/all"), root()}};
    const Files alice(run(backend_->open_volume(request)).value());
    EXPECT_EQ(alice.read("/bob/a").value(), "x");
    EXPECT_TRUE(alice.store(to("/bob/b"), "y"));
    EXPECT_TRUE(alice.store(to("/all/bob/c"), "z"));
    EXPECT_EQ(open_files(*backend_, "bob", "bob").names("/"),
              (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(alice.names("/all"), (std::vector<std::string>{"acme", "bob"}));
}

TEST_F(LocalMounts, AReadOnlyStorageRootCanBeRead) {
    SmallFileSystem small(root());
    SKIP_UNLESS_MOUNTED(small);
    std::filesystem::create_directory(home());
    write_file(home() / "a", "x");
    ASSERT_EQ(::mount(nullptr, root().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
    EXPECT_EQ(files().read("/a").value(), "x");
    EXPECT_EQ(files().names("/"), std::vector<std::string>{"a"});
    EXPECT_EQ(refusal(files().store(to("/b"), "x")), Error::read_only);
    backend_.reset();
}

}  // namespace
}  // namespace sallyport::test
