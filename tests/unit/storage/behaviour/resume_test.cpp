#include <gtest/gtest.h>

#include "tests/unit/storage/backend_test.hpp"

namespace sallyport::test {
namespace {

class ResumeBehaviour : public BackendTest {};
SALLYPORT_FOR_EVERY_BACKEND(ResumeBehaviour);

constexpr const char* sha256_of_hello =
    "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

TEST_P(ResumeBehaviour, OnlyTheOwnerSeesAPartial) {
    const Files alice = files("alice");
    const Files bob = files("bob");
    alice.leave_partial("/a.txt", "hel");
    const auto seen = alice.stat("/a.txt");
    ASSERT_TRUE(seen);
    EXPECT_TRUE(seen->partial);
    EXPECT_EQ(seen->size, 3U);
    EXPECT_EQ(seen->name, "a.txt");
    ASSERT_EQ(alice.list("/")->size(), 1U);
    EXPECT_TRUE(alice.list("/")->front().partial);
    EXPECT_EQ(refusal(bob.stat("/a.txt")), Error::not_found);
    EXPECT_TRUE(bob.names("/").empty());
    EXPECT_EQ(bob.begin(resume_at_end("/a.txt")).value()->size(), 0U);
    EXPECT_EQ(refusal(alice.read("/a.txt")), Error::not_found);
}

TEST_P(ResumeBehaviour, TheSameOwnerInAnotherHomeDoesNot) {
    files("alice", "acme").leave_partial("/a.txt", "hel");
    EXPECT_EQ(refusal(files("alice", "other").stat("/a.txt")), Error::not_found);
}

TEST_P(ResumeBehaviour, GoesOnAtTheEndOfThePartial) {
    const Files alice = files();
    alice.leave_partial("/a.txt", "hel");
    auto upload = alice.begin(resume_at_end("/a.txt")).value();
    EXPECT_EQ(upload->size(), 3U);
    ASSERT_TRUE(write(*upload, 3, "lo"));
    EXPECT_EQ(run(upload->commit()).value().sha256, sha256_of_hello);
    EXPECT_EQ(alice.read("/a.txt").value(), "hello");
    EXPECT_FALSE(alice.stat("/a.txt")->partial);
}

TEST_P(ResumeBehaviour, GoesOnAtAnOffsetAndForgetsTheRest) {
    const Files alice = files();
    alice.leave_partial("/a.txt", "helXXXX");
    const auto stored = alice.store(resume_at("/a.txt", 3), "lo");
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->sha256, sha256_of_hello);
    EXPECT_EQ(alice.read("/a.txt").value(), "hello");
}

TEST_P(ResumeBehaviour, GoesOnAfterAPublishedFile) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a.txt"), "helXX"));
    EXPECT_EQ(alice.store(resume_at("/a.txt", 3, Overwrite::replace), "lo").value().sha256,
              sha256_of_hello);
    EXPECT_EQ(alice.store(resume_at_end("/a.txt", Overwrite::replace), "!").value().size, 6U);
    EXPECT_EQ(alice.read("/a.txt").value(), "hello!");
}

TEST_P(ResumeBehaviour, APublishedFileKeepsItsBytesWhileItIsContinued) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a.txt"), "old"));
    auto upload = alice.begin(resume_at_end("/a.txt", Overwrite::replace)).value();
    ASSERT_TRUE(write(*upload, 0, "new"));
    EXPECT_EQ(alice.read("/a.txt").value(), "old");
    ASSERT_TRUE(run(upload->commit()));
    EXPECT_EQ(alice.read("/a.txt").value(), "new");
}

TEST_P(ResumeBehaviour, APublishedFileThatMayNotBeOverwrittenCannotBeContinued) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a.txt"), "hel"));
    EXPECT_EQ(refusal(alice.begin(resume_at_end("/a.txt"))), Error::exists);
    EXPECT_EQ(refusal(alice.begin(resume_at("/a.txt", 1))), Error::exists);
}

TEST_P(ResumeBehaviour, APartialComesBeforeThePublishedFile) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a.txt"), "published"));
    alice.leave_partial("/a.txt", "part");
    EXPECT_EQ(alice.stat("/a.txt")->size, 4U);
    EXPECT_EQ(alice.list("/").value().size(), 1U);
    EXPECT_EQ(alice.list("/").value().front().size, 4U);
    EXPECT_EQ(alice.read("/a.txt").value(), "published");
    EXPECT_EQ(alice.begin(resume_at_end("/a.txt", Overwrite::replace)).value()->size(), 4U);
}

TEST_P(ResumeBehaviour, NothingIsNothing) {
    const Files alice = files();
    EXPECT_EQ(alice.store(resume_at_end("/a.txt"), "hello").value().sha256, sha256_of_hello);
    EXPECT_EQ(alice.store(resume_at("/b.txt", 0), "hello").value().sha256, sha256_of_hello);
    EXPECT_EQ(refusal(alice.begin(resume_at("/c.txt", 1))), Error::bad_offset);
}

TEST_P(ResumeBehaviour, AnOffsetPastTheEndLosesNothing) {
    const Files alice = files();
    alice.leave_partial("/a.txt", "hel");
    EXPECT_EQ(refusal(alice.begin(resume_at("/a.txt", 4))), Error::bad_offset);
    EXPECT_EQ(refusal(alice.begin(resume_at("/a.txt", UINT64_MAX))), Error::bad_offset);
    EXPECT_EQ(alice.stat("/a.txt")->size, 3U);
    ASSERT_TRUE(alice.store(to("/b.txt"), "hel"));
    EXPECT_EQ(refusal(alice.begin(resume_at("/b.txt", 4, Overwrite::replace))), Error::bad_offset);
}

TEST_P(ResumeBehaviour, WhatIsKeptCountsAgainstTheLimit) {
    const Files alice = files();
    alice.leave_partial("/a.txt", "hel");
    UploadRequest request = resume_at_end("/a.txt");
    request.max_size = 2;
    EXPECT_EQ(refusal(alice.begin(request)), Error::too_large);
    request.max_size = 4;
    request.announced_size = 2;
    EXPECT_EQ(refusal(alice.begin(request)), Error::too_large);
    EXPECT_EQ(alice.stat("/a.txt")->size, 3U);
    request.announced_size = 1;
    auto upload = alice.begin(request).value();
    EXPECT_TRUE(write(*upload, 3, "l"));
    EXPECT_EQ(refusal(write(*upload, 4, "o")), Error::too_large);
}

TEST_P(ResumeBehaviour, OnlyOneSessionCanGoOnWithAPartial) {
    const Files alice = files();
    alice.leave_partial("/a.txt", "hel");
    auto first = alice.begin(resume_at_end("/a.txt")).value();
    EXPECT_EQ(first->size(), 3U);
    EXPECT_EQ(alice.begin(resume_at_end("/a.txt")).value()->size(), 0U);
    EXPECT_EQ(refusal(alice.begin(resume_at("/a.txt", 3))), Error::bad_offset);
}

TEST_P(ResumeBehaviour, ALaterPartialReplacesAnEarlierOne) {
    const Files alice = files();
    alice.leave_partial("/a.txt", "earlier");
    alice.leave_partial("/a.txt", "later");
    EXPECT_EQ(alice.stat("/a.txt")->size, 5U);
    EXPECT_EQ(alice.names("/").size(), 1U);
}

TEST_P(ResumeBehaviour, BytesAfterAGapAreNotKept) {
    const Files alice = files();
    auto upload = alice.begin(to("/a.txt")).value();
    ASSERT_TRUE(write(*upload, 0, "hel"));
    ASSERT_TRUE(write(*upload, 100, "far"));
    run(upload->abandon(Upload::Keep::partial));
    EXPECT_EQ(alice.stat("/a.txt")->size, 2U);
}

TEST_P(ResumeBehaviour, AnUploadThatBreaksAtItsEndLeavesSomethingToSend) {
    const Files alice = files();
    auto upload = alice.begin(to("/a.txt")).value();
    ASSERT_TRUE(write(*upload, 0, "hello"));
    run(upload->abandon(Upload::Keep::partial));
    EXPECT_EQ(alice.stat("/a.txt")->size, 4U);
    EXPECT_EQ(alice.store(resume_at_end("/a.txt"), "o").value().sha256, sha256_of_hello);
}

TEST_P(ResumeBehaviour, AnUploadOfOneByteLeavesNoPartial) {
    const Files alice = files();
    auto upload = alice.begin(to("/a.txt")).value();
    ASSERT_TRUE(write(*upload, 0, "h"));
    run(upload->abandon(Upload::Keep::partial));
    EXPECT_EQ(refusal(alice.stat("/a.txt")), Error::not_found);
}

TEST_P(ResumeBehaviour, AnEmptyUploadLeavesNoPartial) {
    const Files alice = files();
    run(alice.begin(to("/a.txt")).value()->abandon(Upload::Keep::partial));
    EXPECT_EQ(refusal(alice.stat("/a.txt")), Error::not_found);
}

TEST_P(ResumeBehaviour, AFreshUploadThatIsCommittedEndsThePartial) {
    const Files alice = files();
    alice.leave_partial("/a.txt", "part");
    ASSERT_TRUE(alice.store(to("/a.txt"), "whole!"));
    EXPECT_EQ(alice.stat("/a.txt")->size, 6U);
    EXPECT_FALSE(alice.stat("/a.txt")->partial);
}

TEST_P(ResumeBehaviour, AFreshUploadThatFailsLeavesThePartial) {
    const Files alice = files();
    alice.leave_partial("/a.txt", "part");
    run(alice.begin(to("/a.txt")).value()->abandon(Upload::Keep::nothing));
    EXPECT_EQ(alice.stat("/a.txt")->size, 4U);
}

TEST_P(ResumeBehaviour, RemovingRemovesThePartialToo) {
    const Files alice = files();
    alice.leave_partial("/only.txt", "part");
    EXPECT_TRUE(alice.remove("/only.txt"));
    EXPECT_EQ(refusal(alice.remove("/only.txt")), Error::not_found);
    ASSERT_TRUE(alice.store(to("/both.txt"), "published"));
    alice.leave_partial("/both.txt", "part");
    EXPECT_TRUE(alice.remove("/both.txt"));
    EXPECT_EQ(refusal(alice.stat("/both.txt")), Error::not_found);
}

TEST_P(ResumeBehaviour, ARemovedDirectoryTakesItsPartialsAlong) {
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/in"));
    alice.leave_partial("/in/a", "part");
    EXPECT_TRUE(alice.rmdir("/in"));
    ASSERT_TRUE(alice.mkdir("/in"));
    EXPECT_TRUE(alice.names("/in").empty());
}

TEST_P(ResumeBehaviour, APartialStaysWhenThePublishedFileIsRenamed) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "published"));
    alice.leave_partial("/a", "part");
    ASSERT_TRUE(alice.rename("/a", "/b"));
    EXPECT_TRUE(alice.stat("/a")->partial);
    EXPECT_FALSE(alice.stat("/b")->partial);
}

TEST_P(ResumeBehaviour, ADirectoryHidesAPartialOfItsName) {
    const Files alice = files();
    alice.leave_partial("/a", "part");
    ASSERT_TRUE(alice.mkdir("/a"));
    EXPECT_EQ(alice.stat("/a")->type, storage::EntryType::directory);
    ASSERT_EQ(alice.list("/")->size(), 1U);
    EXPECT_EQ(alice.list("/")->front().type, storage::EntryType::directory);
}

}  // namespace
}  // namespace sallyport::test
