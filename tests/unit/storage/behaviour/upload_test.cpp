#include <gtest/gtest.h>

#include "tests/unit/storage/backend_test.hpp"

namespace sallyport::test {
namespace {

class UploadBehaviour : public BackendTest {};
SALLYPORT_FOR_EVERY_BACKEND(UploadBehaviour);

constexpr const char* sha256_of_hello =
    "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

UploadRequest up_to_five_bytes(std::string_view target) {
    UploadRequest request = to(target);
    request.max_size = 5;
    return request;
}

TEST_P(UploadBehaviour, CommittedBytesAreThere) {
    const Files alice = files();
    const auto stored = alice.store(to("/a.txt"), "hello");
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->path.str(), "/a.txt");
    EXPECT_EQ(stored->size, 5U);
    EXPECT_EQ(stored->sha256, sha256_of_hello);
    EXPECT_FALSE(stored->replaced);
    EXPECT_EQ(alice.read("/a.txt").value(), "hello");
}

TEST_P(UploadBehaviour, ProbeTellsTheSpaceAndLeavesNothing) {
    const auto space = run(backend_->probe());
    ASSERT_TRUE(space);
    EXPECT_GT(space->free, 0U);
    EXPECT_GE(space->total, space->free);
    EXPECT_TRUE(files().names("/").empty());
}

TEST_P(UploadBehaviour, NothingIsVisibleBeforeCommit) {
    const Files alice = files();
    auto upload = alice.begin(to("/a.txt")).value();
    ASSERT_TRUE(write(*upload, 0, "hello"));
    EXPECT_EQ(refusal(alice.stat("/a.txt")), Error::not_found);
    EXPECT_EQ(refusal(alice.read("/a.txt")), Error::not_found);
    EXPECT_TRUE(alice.names("/").empty());
    ASSERT_TRUE(run(upload->commit()));
    EXPECT_EQ(alice.names("/"), std::vector<std::string>{"a.txt"});
}

TEST_P(UploadBehaviour, ThePreviousVersionIsThereUntilCommit) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a.txt"), "old"));
    auto upload = alice.begin(to("/a.txt", Overwrite::replace)).value();
    ASSERT_TRUE(write(*upload, 0, "newer"));
    EXPECT_EQ(alice.read("/a.txt").value(), "old");
    EXPECT_TRUE(run(upload->commit()).value().replaced);
    EXPECT_EQ(alice.read("/a.txt").value(), "newer");
}

TEST_P(UploadBehaviour, ADestroyedUploadLeavesNothing) {
    const Files alice = files();
    {
        auto upload = alice.begin(to("/a.txt")).value();
        ASSERT_TRUE(write(*upload, 0, "hello"));
    }
    EXPECT_EQ(refusal(alice.stat("/a.txt")), Error::not_found);
    EXPECT_EQ(alice.begin(resume_at_end("/a.txt")).value()->size(), 0U);
}

TEST_P(UploadBehaviour, AnAbandonedUploadLeavesNothingUnlessKept) {
    const Files alice = files();
    auto upload = alice.begin(to("/a.txt")).value();
    ASSERT_TRUE(write(*upload, 0, "hello"));
    run(upload->abandon(Upload::Keep::nothing));
    EXPECT_EQ(refusal(alice.stat("/a.txt")), Error::not_found);
}

TEST_P(UploadBehaviour, AnEmptyFileIsAFile) {
    const Files alice = files();
    const auto stored = alice.store(to("/empty"), "");
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(alice.stat("/empty")->size, 0U);
}

TEST_P(UploadBehaviour, WritesMayComeInAnyOrder) {
    const Files alice = files();
    auto upload = alice.begin(to("/a.txt")).value();
    ASSERT_TRUE(write(*upload, 3, "lo"));
    ASSERT_TRUE(write(*upload, 0, "HEL"));
    EXPECT_EQ(upload->size(), 5U);
    ASSERT_TRUE(write(*upload, 0, "hel"));
    EXPECT_EQ(run(upload->commit()).value().sha256, sha256_of_hello);
    EXPECT_EQ(alice.read("/a.txt").value(), "hello");
}

TEST_P(UploadBehaviour, AGapThatIsFilledLaterCountsInTheDigest) {
    const Files alice = files();
    auto upload = alice.begin(to("/a.txt")).value();
    ASSERT_TRUE(write(*upload, 0, "h"));
    ASSERT_TRUE(write(*upload, 2, "l"));
    ASSERT_TRUE(write(*upload, 1, "e"));
    ASSERT_TRUE(write(*upload, 3, "lo"));
    EXPECT_EQ(run(upload->commit()).value().sha256, sha256_of_hello);
}

TEST_P(UploadBehaviour, NoFileOutgrowsItsLimit) {
    const Files alice = files();
    UploadRequest request = up_to_five_bytes("/a.txt");
    auto upload = alice.begin(request).value();
    EXPECT_TRUE(write(*upload, 0, "12345"));
    EXPECT_EQ(refusal(write(*upload, 5, "6")), Error::too_large);
    auto other = alice.begin(request).value();
    EXPECT_EQ(refusal(write(*other, UINT64_MAX, "6")), Error::too_large);
    EXPECT_EQ(refusal(write(*other, UINT64_MAX - 1, "67")), Error::too_large);
    EXPECT_EQ(refusal(write(*other, std::uint64_t{1} << 62, "6")), Error::too_large);
}

TEST_P(UploadBehaviour, AfterAFailedWriteNothingCanBePublished) {
    const Files alice = files();
    UploadRequest request = up_to_five_bytes("/a.txt");
    auto upload = alice.begin(request).value();
    ASSERT_TRUE(write(*upload, 0, "12345"));
    ASSERT_FALSE(write(*upload, 5, "6"));
    EXPECT_EQ(refusal(run(upload->commit())), Error::too_large);
    EXPECT_TRUE(alice.names("/").empty());
}

TEST_P(UploadBehaviour, TheLastBytesMayComeWithTheCommit) {
    const Files alice = files();
    auto upload = alice.begin(to("/a.txt")).value();
    ASSERT_TRUE(write(*upload, 0, "he"));
    const auto stored = commit(*upload, 2, "llo").value();
    EXPECT_EQ(stored.size, 5U);
    EXPECT_EQ(stored.sha256, sha256_of_hello);
    EXPECT_EQ(alice.read("/a.txt").value(), "hello");
}

TEST_P(UploadBehaviour, ACommitWhoseLastBytesAreRefusedPublishesNothing) {
    const Files alice = files();
    UploadRequest request = up_to_five_bytes("/a.txt");
    auto upload = alice.begin(request).value();
    ASSERT_TRUE(write(*upload, 0, "12345"));
    EXPECT_EQ(refusal(commit(*upload, 5, "6")), Error::too_large);
    EXPECT_TRUE(alice.names("/").empty());
}

TEST_P(UploadBehaviour, AnnouncingTooMuchIsRefusedAtOnce) {
    const Files alice = files();
    UploadRequest request = up_to_five_bytes("/a.txt");
    request.announced_size = 6;
    EXPECT_EQ(refusal(alice.begin(request)), Error::too_large);
    request.max_size = UINT64_MAX;
    request.announced_size = std::uint64_t{1} << 60;
    EXPECT_EQ(refusal(alice.begin(request)), Error::no_space);
}

TEST_P(UploadBehaviour, TheTargetMustBeAFreeNameInADirectory) {
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/in"));
    ASSERT_TRUE(alice.store(to("/file"), "x"));
    EXPECT_EQ(refusal(alice.begin(to("/file"))), Error::exists);
    EXPECT_EQ(refusal(alice.begin(to("/in", Overwrite::replace))), Error::is_a_directory);
    EXPECT_EQ(refusal(alice.begin(to("/"))), Error::is_a_directory);
    EXPECT_EQ(refusal(alice.begin(to("/none/a"))), Error::not_found);
    EXPECT_EQ(refusal(alice.begin(to("/file/a"))), Error::not_a_directory);
}

TEST_P(UploadBehaviour, OfTwoThatMayNotOverwriteTheFirstWins) {
    const Files alice = files();
    auto first = alice.begin(to("/a")).value();
    auto second = alice.begin(to("/a")).value();
    ASSERT_TRUE(write(*first, 0, "first"));
    ASSERT_TRUE(write(*second, 0, "second"));
    EXPECT_TRUE(run(second->commit()));
    EXPECT_EQ(refusal(run(first->commit())), Error::exists);
    EXPECT_EQ(alice.read("/a").value(), "second");
}

TEST_P(UploadBehaviour, ADirectoryMadeMeanwhileIsNeverReplaced) {
    const Files alice = files();
    auto upload = alice.begin(to("/a", Overwrite::replace)).value();
    ASSERT_TRUE(alice.mkdir("/a"));
    EXPECT_EQ(refusal(run(upload->commit())), Error::is_a_directory);
    auto kept = alice.begin(to("/b", Overwrite::keep)).value();
    ASSERT_TRUE(alice.mkdir("/b"));
    EXPECT_EQ(refusal(run(kept->commit())), Error::is_a_directory);
    EXPECT_EQ(alice.names("/"), (std::vector<std::string>{"a", "b"}));
}

TEST_P(UploadBehaviour, ADirectoryRemovedMeanwhileFailsTheCommit) {
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/in"));
    auto upload = alice.begin(to("/in/a")).value();
    ASSERT_TRUE(alice.rmdir("/in"));
    EXPECT_EQ(refusal(run(upload->commit())), Error::not_found);
}

TEST_P(UploadBehaviour, KeepingMakesNumberedBackups) {
    const Files alice = files();
    for (const char* version : {"one", "two", "three"}) {
        const auto stored = alice.store(to("/a.csv", Overwrite::keep), version);
        ASSERT_TRUE(stored);
        EXPECT_FALSE(stored->replaced);
    }
    EXPECT_EQ(alice.read("/a.csv").value(), "three");
    EXPECT_EQ(alice.read("/a.csv.~2~").value(), "two");
    EXPECT_EQ(alice.read("/a.csv.~1~").value(), "one");
}

TEST_P(UploadBehaviour, BackupNumbersGoOnFromTheHighest) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "one"));
    ASSERT_TRUE(alice.store(to("/a.~9~"), "nine"));
    ASSERT_TRUE(alice.store(to("/a", Overwrite::keep), "two"));
    EXPECT_EQ(alice.names("/"), (std::vector<std::string>{"a", "a.~10~", "a.~9~"}));
    EXPECT_EQ(alice.read("/a.~10~").value(), "one");
}

TEST_P(UploadBehaviour, AUniqueNameIsThePathsOwnWhenFree) {
    const Files alice = files();
    UploadRequest request = to("/a");
    request.unique = true;
    EXPECT_EQ(alice.store(request, "1").value().path.str(), "/a");
    auto upload = alice.begin(request).value();
    EXPECT_NE(upload->path().str(), "/a");
    const Stored stored = run(upload->commit()).value();
    EXPECT_EQ(stored.path, upload->path());
    EXPECT_TRUE(stored.path.str().starts_with("/a."));
    EXPECT_EQ(alice.names("/").size(), 2U);
}

TEST_P(UploadBehaviour, AUniqueNameTakenMeanwhileIsChangedAtCommit) {
    const Files alice = files();
    UploadRequest request = to("/a");
    request.unique = true;
    auto first = alice.begin(request).value();
    auto second = alice.begin(request).value();
    ASSERT_TRUE(write(*first, 0, "first"));
    ASSERT_TRUE(write(*second, 0, "second"));
    EXPECT_EQ(run(first->commit()).value().path.str(), "/a");
    const Stored stored = run(second->commit()).value();
    EXPECT_NE(stored.path.str(), "/a");
    EXPECT_EQ(alice.read("/a").value(), "first");
    EXPECT_EQ(alice.read(stored.path.str()).value(), "second");
}

TEST_P(UploadBehaviour, UsersSeeTheirOwnHomesOnly) {
    const Files alice = files("alice", "acme");
    const Files bob = files("bob", "partners/bob");
    ASSERT_TRUE(alice.store(to("/a"), "x"));
    EXPECT_TRUE(bob.names("/").empty());
}

TEST_P(UploadBehaviour, AHomeIsOneOrMorePlainNames) {
    for (const char* home : {"", "/", "./", "..", "../x", "a/../b", "/a", "a/", "a//b",
                             ".sallyport", "a/.sallyport", "a\nb"}) {
        storage::VolumeRequest request;
        request.owner = "alice";
        request.home = home;
        EXPECT_EQ(refusal(run(backend_->open_volume(request))), Error::invalid_name) << home;
    }
}

TEST_P(UploadBehaviour, AHomeCanBeAllThereIs) {
    ASSERT_TRUE(files("alice", "acme").store(to("/a"), "x"));
    const Files collector = files("collector", ".");
    ASSERT_TRUE(collector.store(to("/b"), "y"));
    EXPECT_EQ(collector.names("/"), (std::vector<std::string>{"acme", "b"}));
    EXPECT_EQ(collector.read("/acme/a").value(), "x");
    collector.leave_partial("/acme/c", "part");
    EXPECT_EQ(collector.names("/acme"), (std::vector<std::string>{"a", "c"}));
    EXPECT_EQ(files("alice", "acme").names("/"), std::vector<std::string>{"a"});
}

TEST_P(UploadBehaviour, AHomeThatIsAFileIsRefused) {
    ASSERT_TRUE(files("alice", "acme").store(to("/a"), "x"));
    storage::VolumeRequest request;
    request.owner = "bob";
    request.home = "acme/a";
    EXPECT_EQ(refusal(run(backend_->open_volume(request))), Error::not_a_directory);
}

}  // namespace
}  // namespace sallyport::test
