#include <gtest/gtest.h>

#include "tests/unit/storage/backend_test.hpp"

namespace sallyport::test {
namespace {

using storage::Mount;

class MountsBehaviour : public BackendTest {
  protected:
    /// A volume of `owner` with mounts of folders that are there.
    [[nodiscard]] Files with(const std::string& owner, std::vector<Mount> mounts) {
        storage::VolumeRequest request;
        request.owner = owner;
        request.home = owner;
        request.mounts = std::move(mounts);
        for (const Mount& mount : request.mounts) std::filesystem::create_directories(mount.folder);
        return Files(run(backend_->open_volume(request)).value());
    }
    [[nodiscard]] Mount mount(std::string_view at, const std::string& folder) const {
        return {path(at), elsewhere_.path() / folder};
    }

    TemporaryDirectory elsewhere_;
};
SALLYPORT_FOR_EVERY_BACKEND(MountsBehaviour);

TEST_P(MountsBehaviour, AMountIsADirectoryOfItsParent) {
    const Files alice = with("alice", {mount("/reports", "r")});
    ASSERT_TRUE(alice.store(to("/a"), "x"));
    EXPECT_EQ(alice.names("/"), (std::vector<std::string>{"a", "reports"}));
    EXPECT_EQ(alice.stat("/reports")->name, "reports");
    EXPECT_EQ(alice.stat("/reports")->type, storage::EntryType::directory);
    EXPECT_TRUE(alice.names("/reports").empty());
}

TEST_P(MountsBehaviour, FilesInAMountAreLikeAnyOther) {
    const Files alice = with("alice", {mount("/reports", "r")});
    const auto stored = alice.store(to("/reports/a"), "hello");
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->path.str(), "/reports/a");
    EXPECT_EQ(alice.read("/reports/a").value(), "hello");
    EXPECT_EQ(alice.names("/reports"), std::vector<std::string>{"a"});
    ASSERT_TRUE(alice.mkdir("/reports/d"));
    ASSERT_TRUE(alice.rename("/reports/a", "/reports/d/b"));
    EXPECT_EQ(
        run(alice.volume().digest(path("/reports/d/b"), storage::DigestAlgorithm::sha256)).value(),
        stored->sha256);
    ASSERT_TRUE(alice.set("/reports/d/b", {.modified = {}, .mode = 0600}));
    ASSERT_TRUE(alice.remove("/reports/d/b"));
    ASSERT_TRUE(alice.rmdir("/reports/d"));
    EXPECT_TRUE(run(alice.volume().space(path("/reports/none"))));
}

TEST_P(MountsBehaviour, PartialsInAMountCanBeResumed) {
    const Files alice = with("alice", {mount("/reports", "r")});
    const Files bob = with("bob", {mount("/r", "r")});
    alice.leave_partial("/reports/a", "hel");
    EXPECT_EQ(alice.stat("/reports/a")->size, 3U);
    EXPECT_TRUE(bob.names("/r").empty());
    ASSERT_TRUE(alice.store(resume_at_end("/reports/a"), "lo"));
    EXPECT_EQ(bob.read("/r/a").value(), "hello");
}

TEST_P(MountsBehaviour, AUniqueNameIsTheOneThatTheUserSees) {
    const Files alice = with("alice", {mount("/reports", "r")});
    UploadRequest request = to("/reports/a");
    request.unique = true;
    EXPECT_EQ(alice.store(request, "1")->path.str(), "/reports/a");
    const auto second = alice.store(request, "2").value().path;
    EXPECT_TRUE(second.str().starts_with("/reports/a."));
    EXPECT_EQ(alice.read(second.str()).value(), "2");
}

TEST_P(MountsBehaviour, SeveralUsersShareOneFolder) {
    const Files alice = with("alice", {mount("/out", "shared")});
    const Files bob = with("bob", {mount("/in/from-alice", "shared")});
    ASSERT_TRUE(alice.store(to("/out/a"), "x"));
    EXPECT_EQ(bob.read("/in/from-alice/a").value(), "x");
    ASSERT_TRUE(bob.remove("/in/from-alice/a"));
    EXPECT_TRUE(alice.names("/out").empty());
}

TEST_P(MountsBehaviour, AMountHidesWhatIsBelowIt) {
    const Files before = with("alice", {});
    ASSERT_TRUE(before.mkdir("/reports"));
    ASSERT_TRUE(before.store(to("/reports/secret"), "x"));
    const Files alice = with("alice", {mount("/reports", "r")});
    EXPECT_TRUE(alice.names("/reports").empty());
    EXPECT_EQ(alice.names("/"), std::vector<std::string>{"reports"});
    EXPECT_EQ(refusal(alice.read("/reports/secret")), Error::not_found);
    EXPECT_TRUE(alice.store(to("/reports/secret"), "y"));
    EXPECT_EQ(before.read("/reports/secret").value(), "x");
}

TEST_P(MountsBehaviour, AMountStaysWhereItIs) {
    const Files alice = with("alice", {mount("/in/reports", "r")});
    ASSERT_TRUE(alice.store(to("/a"), "x"));
    ASSERT_TRUE(alice.store(to("/in/reports/b"), "x"));
    for (const char* fixed : {"/in", "/in/reports"}) {
        EXPECT_EQ(refusal(alice.rmdir(fixed)), Error::forbidden) << fixed;
        EXPECT_EQ(refusal(alice.remove(fixed)), Error::is_a_directory) << fixed;
        EXPECT_EQ(refusal(alice.rename(fixed, "/b")), Error::forbidden) << fixed;
        EXPECT_EQ(refusal(alice.rename("/a", fixed, Overwrite::replace)), Error::exists) << fixed;
        EXPECT_EQ(refusal(alice.mkdir(fixed)), Error::exists) << fixed;
        EXPECT_EQ(refusal(alice.begin(to(fixed, Overwrite::replace))), Error::is_a_directory);
        EXPECT_EQ(refusal(alice.set(fixed, {.modified = {}, .mode = 0700})), Error::forbidden);
        EXPECT_EQ(refusal(alice.read(fixed)), Error::is_a_directory) << fixed;
    }
    EXPECT_EQ(alice.read("/in/reports/b").value(), "x");
}

TEST_P(MountsBehaviour, FoldersOnTheWayNeedNotExist) {
    const Files alice = with("alice", {mount("/x/y/z", "r")});
    EXPECT_EQ(alice.names("/"), std::vector<std::string>{"x"});
    EXPECT_EQ(alice.names("/x"), std::vector<std::string>{"y"});
    EXPECT_EQ(alice.names("/x/y"), std::vector<std::string>{"z"});
    EXPECT_EQ(alice.stat("/x/y")->type, storage::EntryType::directory);
    EXPECT_FALSE(alice.store(to("/x/a"), "1"));
    EXPECT_TRUE(alice.store(to("/x/y/z/a"), "1"));
}

TEST_P(MountsBehaviour, AFileOfTheHomeDoesNotStandInTheWay) {
    ASSERT_TRUE(with("alice", {}).store(to("/x"), "file"));
    const Files alice = with("alice", {mount("/x/y", "r")});
    EXPECT_EQ(alice.stat("/x")->type, storage::EntryType::directory);
    EXPECT_EQ(alice.names("/"), std::vector<std::string>{"x"});
    EXPECT_EQ(alice.names("/x"), std::vector<std::string>{"y"});
}

TEST_P(MountsBehaviour, NothingMovesBetweenFolders) {
    const Files alice = with("alice", {mount("/one", "1"), mount("/two", "2")});
    ASSERT_TRUE(alice.store(to("/a"), "x"));
    ASSERT_TRUE(alice.store(to("/one/a"), "x"));
    EXPECT_EQ(refusal(alice.rename("/a", "/one/b")), Error::crosses_folders);
    EXPECT_EQ(refusal(alice.rename("/one/a", "/two/a")), Error::crosses_folders);
    EXPECT_EQ(refusal(alice.rename("/one/a", "/b")), Error::crosses_folders);
}

TEST_P(MountsBehaviour, AMountCanLieInAnother) {
    const Files alice = with("alice", {mount("/one", "1"), mount("/one/two", "2")});
    ASSERT_TRUE(alice.store(to("/one/a"), "1"));
    ASSERT_TRUE(alice.store(to("/one/two/a"), "2"));
    EXPECT_EQ(alice.names("/one"), (std::vector<std::string>{"a", "two"}));
    EXPECT_EQ(alice.read("/one/a").value(), "1");
    EXPECT_EQ(alice.read("/one/two/a").value(), "2");
    EXPECT_EQ(refusal(alice.rename("/one/a", "/one/two/b")), Error::crosses_folders);
    EXPECT_EQ(refusal(alice.rmdir("/one/two")), Error::forbidden);
    EXPECT_EQ(with("bob", {mount("/m", "1")}).names("/m"), std::vector<std::string>{"a"});
}

TEST_P(MountsBehaviour, NamesThatOnlyBeginAlikeAreOthers) {
    const Files alice = with("alice", {mount("/reports", "r")});
    ASSERT_TRUE(alice.mkdir("/reports2"));
    ASSERT_TRUE(alice.store(to("/reports2/a"), "x"));
    ASSERT_TRUE(alice.rmdir("/reports2") || alice.remove("/reports2/a"));
    EXPECT_TRUE(alice.rmdir("/reports2"));
}

TEST_P(MountsBehaviour, LongListingsHoldEachNameOnce) {
    ASSERT_TRUE(with("alice", {}).mkdir("/m0"));
    const Files alice = with("alice", {mount("/m0", "0"), mount("/m1", "1"), mount("/m2", "2")});
    for (char c = 'a'; c <= 'e'; ++c) ASSERT_TRUE(alice.store(to(std::string("/") + c), "x"));
    const auto entries = alice.list("/", 2).value();
    std::vector<std::string> names;
    for (const auto& entry : entries) names.push_back(entry.name);
    EXPECT_EQ(names, (std::vector<std::string>{"a", "b", "c", "d", "e", "m0", "m1", "m2"}));
}

TEST_P(MountsBehaviour, WhereNothingMayBeWrittenNothingIsReceived) {
    ASSERT_TRUE(with("bob", {mount("/r", "r")}).store(to("/r/a"), "x"));
    Mount reports = mount("/reports", "r");
    reports.writable = false;
    const Files alice = with("alice", {reports});
    EXPECT_EQ(refusal(alice.store(to("/reports/b"), "x")), Error::forbidden);
    EXPECT_EQ(alice.read("/reports/a").value(), "x");
    EXPECT_EQ(alice.names("/reports"), std::vector<std::string>{"a"});
}

TEST_P(MountsBehaviour, WritableMountsCountForTheQuota) {
    Mount shared = mount("/shared", "s");
    Mount reports = mount("/reports", "r");
    reports.writable = false;
    ASSERT_TRUE(with("bob", {mount("/r", "r")}).store(to("/r/big"), std::string(1000, 'x')));
    storage::VolumeRequest request;
    request.owner = "alice";
    request.home = "alice";
    request.mounts = {shared, reports};
    request.quota = storage::Quota{"alice", 10, UINT64_MAX, {{"alice", "alice", request.mounts}}};
    std::filesystem::create_directories(shared.folder);
    const Files alice(run(backend_->open_volume(request)).value());
    ASSERT_TRUE(alice.store(to("/shared/a"), "123456"));
    EXPECT_EQ(run(alice.volume().space())->free, 4U);
    EXPECT_EQ(refusal(alice.store(to("/b"), "12345")), Error::quota_exceeded);
    alice.leave_partial("/shared/c", "123");
    EXPECT_EQ(run(alice.volume().space(path("/shared")))->free, 1U);
    ASSERT_TRUE(alice.remove("/shared/a"));
    EXPECT_EQ(run(alice.volume().space())->free, 7U);
}

}  // namespace
}  // namespace sallyport::test
