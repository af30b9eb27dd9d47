#include <gtest/gtest.h>

#include "tests/unit/storage/backend_test.hpp"

namespace sallyport::test {
namespace {

/// What can be done to an upload before it is published.
class StagedBehaviour : public BackendTest {
  protected:
    [[nodiscard]] static std::unique_ptr<Upload> begin(const Files& who, UploadRequest request) {
        request.readable = true;
        return who.begin(request).value();
    }
    /// A digest that does not depend on what the upload has seen.
    [[nodiscard]] static std::string sha256(std::string_view text) {
        storage::Digest digest(storage::DigestAlgorithm::sha256);
        digest.update(std::as_bytes(std::span(text)));
        return digest.finish();
    }
    /// Commits, and checks that `text` is what was published, digest included.
    static void expect_published(const Files& who, Upload& upload, const std::string& text) {
        const auto stored = run(upload.commit());
        ASSERT_TRUE(stored);
        EXPECT_EQ(who.read(stored->path.str()).value(), text);
        EXPECT_EQ(stored->size, text.size());
        EXPECT_EQ(stored->sha256, sha256(text));
    }
    [[nodiscard]] static Result<void> change(Upload& upload, std::optional<std::uint32_t> mode,
                                             std::optional<int> seconds = {}) {
        storage::AttributeChange change;
        change.mode = mode;
        if (seconds) change.modified = storage::FileTime(std::chrono::seconds(*seconds));
        return run(upload.set_attributes(change));
    }
};
SALLYPORT_FOR_EVERY_BACKEND(StagedBehaviour);

const std::string zeros(3, '\0');

TEST_P(StagedBehaviour, OverlappingWritesEndAsTheLastOne) {
    const Files alice = files();
    auto upload = begin(alice, to("/a"));
    ASSERT_TRUE(write(*upload, 0, "aaaa"));
    ASSERT_TRUE(write(*upload, 2, "bbbb"));
    ASSERT_TRUE(write(*upload, 1, "cc"));
    expect_published(alice, *upload, "accbbb");
}

TEST_P(StagedBehaviour, AGapReadsAsZeros) {
    const Files alice = files();
    auto upload = begin(alice, to("/a"));
    ASSERT_TRUE(write(*upload, 3, "end"));
    EXPECT_EQ(upload->size(), 6U);
    EXPECT_EQ(read(*upload).value(), zeros + "end");
    expect_published(alice, *upload, zeros + "end");
}

TEST_P(StagedBehaviour, NoBytesChangeNothing) {
    const Files alice = files();
    auto upload = begin(alice, to("/a"));
    const auto before = upload->entry().modified;
    EXPECT_TRUE(write(*upload, 100, ""));
    EXPECT_EQ(upload->size(), 0U);
    EXPECT_EQ(upload->entry().modified, before);
    expect_published(alice, *upload, "");
}

TEST_P(StagedBehaviour, WhatWasWrittenCanBeReadBack) {
    const Files alice = files();
    auto upload = begin(alice, to("/a"));
    EXPECT_EQ(read(*upload).value(), "");
    ASSERT_TRUE(write(*upload, 0, "hello"));
    EXPECT_EQ(read(*upload).value(), "hello");
    EXPECT_EQ(read(*upload, 3).value(), "lo");
    EXPECT_EQ(read(*upload, 5).value(), "");
    EXPECT_EQ(read(*upload, UINT64_MAX).value(), "");
    expect_published(alice, *upload, "hello");
}

TEST_P(StagedBehaviour, ReadingMustBeAskedForAtTheStart) {
    const Files alice = files();
    auto upload = alice.begin(to("/a")).value();
    ASSERT_TRUE(write(*upload, 0, "hello"));
    EXPECT_EQ(refusal(read(*upload)), Error::forbidden);
    expect_published(alice, *upload, "hello");
}

TEST_P(StagedBehaviour, APublishedFileCanBeChangedInPlace) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "hello, world"));
    auto upload = begin(alice, resume_at_end("/a", Overwrite::replace));
    EXPECT_EQ(upload->size(), 12U);
    EXPECT_EQ(read(*upload).value(), "hello, world");
    ASSERT_TRUE(write(*upload, 7, "W"));
    EXPECT_EQ(read(*upload).value(), "hello, World");
    EXPECT_EQ(alice.read("/a").value(), "hello, world");
    expect_published(alice, *upload, "hello, World");
}

TEST_P(StagedBehaviour, AFileCanBeCutShorter) {
    const Files alice = files();
    auto upload = begin(alice, to("/a"));
    ASSERT_TRUE(write(*upload, 0, "hello, world"));
    ASSERT_TRUE(run(upload->truncate(5)));
    EXPECT_EQ(upload->size(), 5U);
    EXPECT_EQ(read(*upload).value(), "hello");
    ASSERT_TRUE(write(*upload, 5, "!"));
    expect_published(alice, *upload, "hello!");
}

TEST_P(StagedBehaviour, AFileCutShorterCanEndThere) {
    const Files alice = files();
    auto upload = begin(alice, to("/a"));
    ASSERT_TRUE(write(*upload, 0, "hello, world"));
    ASSERT_TRUE(run(upload->truncate(5)));
    expect_published(alice, *upload, "hello");
}

TEST_P(StagedBehaviour, AFileCanBeFilledUpWithZeros) {
    const Files alice = files();
    auto upload = begin(alice, to("/a"));
    ASSERT_TRUE(write(*upload, 0, "ab"));
    ASSERT_TRUE(run(upload->truncate(5)));
    EXPECT_EQ(upload->size(), 5U);
    EXPECT_EQ(read(*upload).value(), "ab" + zeros);
    ASSERT_TRUE(write(*upload, 2, "c"));
    ASSERT_TRUE(write(*upload, 5, "d"));
    expect_published(alice, *upload, "abc" + zeros.substr(1) + "d");
}

TEST_P(StagedBehaviour, WhatWasCutOffDoesNotComeBack) {
    const Files alice = files();
    auto upload = begin(alice, to("/a"));
    ASSERT_TRUE(write(*upload, 0, "hello"));
    ASSERT_TRUE(run(upload->truncate(2)));
    ASSERT_TRUE(run(upload->truncate(5)));
    expect_published(alice, *upload, "he" + zeros);
}

TEST_P(StagedBehaviour, AFileCutToNothingCanBeSentAnew) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "previous"));
    auto upload = begin(alice, resume_at_end("/a", Overwrite::replace));
    ASSERT_TRUE(write(*upload, 8, "!"));
    ASSERT_TRUE(run(upload->truncate(0)));
    ASSERT_TRUE(write(*upload, 0, "hello"));
    ASSERT_TRUE(write(*upload, 5, "!"));
    expect_published(alice, *upload, "hello!");
}

TEST_P(StagedBehaviour, ACopyCutShorterCanGoOnThere) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "hello, world"));
    auto upload = begin(alice, resume_at_end("/a", Overwrite::replace));
    ASSERT_TRUE(run(upload->truncate(5)));
    ASSERT_TRUE(write(*upload, 5, "!"));
    expect_published(alice, *upload, "hello!");
}

TEST_P(StagedBehaviour, NoFileIsFilledUpPastItsLimit) {
    const Files alice = files();
    UploadRequest request = to("/a");
    request.max_size = 5;
    auto upload = alice.begin(request).value();
    EXPECT_TRUE(run(upload->truncate(5)));
    EXPECT_EQ(refusal(run(upload->truncate(6))), Error::too_large);
    auto other = alice.begin(request).value();
    EXPECT_EQ(refusal(run(other->truncate(UINT64_MAX))), Error::too_large);
}

TEST_P(StagedBehaviour, AHoleLargerThanTheStorageIsRefused) {
    const Files alice = files();
    constexpr std::uint64_t huge = std::uint64_t{1} << 43;
    auto written = alice.begin(to("/a")).value();
    EXPECT_EQ(refusal(write(*written, huge, "x")), Error::no_space);
    auto filled = alice.begin(to("/a")).value();
    EXPECT_EQ(refusal(run(filled->truncate(huge))), Error::no_space);
    EXPECT_TRUE(alice.names("/").empty());
}

TEST_P(StagedBehaviour, AfterAFailureEverythingFailsTheSameWay) {
    const Files alice = files();
    UploadRequest request = to("/a");
    request.max_size = 5;
    request.readable = true;
    auto upload = alice.begin(request).value();
    ASSERT_TRUE(write(*upload, 0, "123"));
    ASSERT_FALSE(run(upload->truncate(6)));
    EXPECT_EQ(refusal(write(*upload, 3, "4")), Error::too_large);
    EXPECT_EQ(refusal(run(upload->truncate(1))), Error::too_large);
    EXPECT_EQ(refusal(run(upload->sync())), Error::too_large);
    EXPECT_EQ(refusal(read(*upload)), Error::too_large);
    EXPECT_EQ(refusal(change(*upload, 0600)), Error::too_large);
    EXPECT_EQ(refusal(run(upload->commit())), Error::too_large);
    EXPECT_TRUE(alice.names("/").empty());
}

TEST_P(StagedBehaviour, SyncingPublishesNothing) {
    const Files alice = files();
    auto upload = alice.begin(to("/a")).value();
    ASSERT_TRUE(write(*upload, 0, "hello"));
    EXPECT_TRUE(run(upload->sync()));
    EXPECT_TRUE(alice.names("/").empty());
    ASSERT_TRUE(write(*upload, 5, "!"));
    expect_published(alice, *upload, "hello!");
}

TEST_P(StagedBehaviour, TheEntryIsWhatIsPublished) {
    const Files alice = files();
    auto upload = alice.begin(to("/a")).value();
    ASSERT_TRUE(write(*upload, 0, "hello"));
    const Entry staged = upload->entry();
    const Stored stored = run(upload->commit()).value();
    const Entry published = alice.stat("/a").value();
    EXPECT_EQ(staged.name, "a");
    EXPECT_EQ(staged.type, storage::EntryType::file);
    EXPECT_EQ(staged.size, 5U);
    EXPECT_FALSE(staged.partial);
    EXPECT_EQ(staged.mode, 0640U);
    EXPECT_EQ(published.mode, staged.mode);
    EXPECT_EQ(published.modified, staged.modified);
    EXPECT_EQ(published.id, staged.id);
    EXPECT_EQ(stored.id, published.id);
    EXPECT_FALSE(stored.id.empty());
}

TEST_P(StagedBehaviour, AttributesSetBeforeTheLastWriteArePublished) {
    const Files alice = files();
    auto upload = alice.begin(to("/a")).value();
    ASSERT_TRUE(change(*upload, 06604, 1'000'000'000));
    ASSERT_TRUE(write(*upload, 0, "hello"));
    ASSERT_TRUE(run(upload->truncate(4)));
    const Entry staged = upload->entry();
    EXPECT_EQ(staged.mode, 0604U);
    EXPECT_EQ(staged.modified, storage::FileTime(std::chrono::seconds(1'000'000'000)));
    ASSERT_TRUE(run(upload->commit()));
    const Entry published = alice.stat("/a").value();
    EXPECT_EQ(published.mode, staged.mode);
    EXPECT_EQ(published.modified, staged.modified);
}

TEST_P(StagedBehaviour, ACopyThatIsNotWrittenToKeepsItsTime) {
    const Files alice = files();
    storage::AttributeChange old;
    old.modified = storage::FileTime(std::chrono::seconds(1'000'000'000));
    ASSERT_TRUE(alice.store(to("/a"), "hello"));
    ASSERT_TRUE(alice.set("/a", old));
    auto untouched = alice.begin(resume_at_end("/a", Overwrite::replace)).value();
    ASSERT_TRUE(change(*untouched, 0600));
    ASSERT_TRUE(run(untouched->commit()));
    EXPECT_EQ(alice.stat("/a")->modified, old.modified);
    EXPECT_EQ(alice.stat("/a")->mode, 0600U);
    auto shorter = alice.begin(resume_at("/a", 4, Overwrite::replace)).value();
    EXPECT_GT(shorter->entry().modified, *old.modified);
    auto touched = alice.begin(resume_at_end("/a", Overwrite::replace)).value();
    ASSERT_TRUE(write(*touched, 0, "H"));
    ASSERT_TRUE(run(touched->commit()));
    EXPECT_GT(alice.stat("/a")->modified, *old.modified);
}

TEST_P(StagedBehaviour, APartialKeepsNoAttributes) {
    const Files alice = files();
    auto upload = alice.begin(to("/a")).value();
    ASSERT_TRUE(change(*upload, 0600, 1'000'000'000));
    ASSERT_TRUE(write(*upload, 0, "hello"));
    run(upload->abandon(Upload::Keep::partial));
    ASSERT_TRUE(alice.store(resume_at_end("/a"), "!"));
    EXPECT_EQ(alice.stat("/a")->mode, 0640U);
    EXPECT_GT(alice.stat("/a")->modified, storage::FileTime(std::chrono::seconds(1'000'000'000)));
}

TEST_P(StagedBehaviour, APartialEndsBeforeTheFirstGap) {
    const Files alice = files();
    auto upload = alice.begin(to("/a")).value();
    ASSERT_TRUE(write(*upload, 6, "g"));
    ASSERT_TRUE(write(*upload, 2, "cd"));
    ASSERT_TRUE(write(*upload, 0, "ab"));
    run(upload->abandon(Upload::Keep::partial));
    EXPECT_EQ(alice.stat("/a")->size, 3U);
    EXPECT_EQ(alice.store(resume_at_end("/a"), "d!").value().sha256, sha256("abcd!"));
}

TEST_P(StagedBehaviour, ZerosThatFillUpAreNotKept) {
    const Files alice = files();
    auto upload = alice.begin(to("/a")).value();
    ASSERT_TRUE(run(upload->truncate(100)));
    ASSERT_TRUE(write(*upload, 0, "abc"));
    run(upload->abandon(Upload::Keep::partial));
    EXPECT_EQ(alice.stat("/a")->size, 2U);
}

TEST_P(StagedBehaviour, WhatWasCutOffIsNotKept) {
    const Files alice = files();
    auto upload = alice.begin(to("/a")).value();
    ASSERT_TRUE(write(*upload, 0, "abcdef"));
    ASSERT_TRUE(run(upload->truncate(3)));
    ASSERT_TRUE(write(*upload, 4, "ef"));
    run(upload->abandon(Upload::Keep::partial));
    EXPECT_EQ(alice.stat("/a")->size, 2U);
}

TEST_P(StagedBehaviour, AMereCopyIsNoPartial) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "hello"));
    for (const auto& request :
         {resume_at_end("/a", Overwrite::replace), resume_at("/a", 3, Overwrite::replace)}) {
        run(alice.begin(request).value()->abandon(Upload::Keep::partial));
        EXPECT_FALSE(alice.stat("/a")->partial);
    }
    for (const std::string_view added : {"!", "!?"}) {
        auto changed = alice.begin(resume_at_end("/a", Overwrite::replace)).value();
        ASSERT_TRUE(write(*changed, 5, added));
        run(changed->abandon(Upload::Keep::partial));
        EXPECT_EQ(alice.stat("/a")->partial, added.size() > 1);
    }
    EXPECT_EQ(alice.stat("/a")->size, 6U);
}

TEST_P(StagedBehaviour, APartialThatNothingWasAddedToStays) {
    const Files alice = files();
    alice.leave_partial("/a", "part");
    run(alice.begin(resume_at_end("/a")).value()->abandon(Upload::Keep::partial));
    EXPECT_EQ(alice.stat("/a")->size, 4U);
}

TEST_P(StagedBehaviour, WhatFollowsBytesWrittenOverIsNotKept) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "old version"));
    auto first = alice.begin(resume_at_end("/a", Overwrite::replace)).value();
    ASSERT_TRUE(write(*first, 0, "newer"));
    run(first->abandon(Upload::Keep::partial));
    EXPECT_EQ(alice.stat("/a")->size, 4U);
    auto second = alice.begin(resume_at_end("/a", Overwrite::replace)).value();
    ASSERT_TRUE(write(*second, 1, "EW"));
    run(second->abandon(Upload::Keep::partial));
    ASSERT_TRUE(alice.store(resume_at_end("/a", Overwrite::replace), "w"));
    EXPECT_EQ(alice.read("/a").value(), "nEw");
}

TEST_P(StagedBehaviour, GoingOnBehindTheEndOfAPartialPublishesNoGap) {
    const Files alice = files();
    alice.leave_partial("/a", "hel");
    auto upload = alice.begin(resume_at_end("/a")).value();
    ASSERT_TRUE(write(*upload, 4, "o"));
    EXPECT_EQ(refusal(run(upload->commit())), Error::bad_offset);
    EXPECT_EQ(refusal(alice.stat("/a")), Error::not_found);
}

TEST_P(StagedBehaviour, WhoCutsAPartialMayLeaveGaps) {
    const Files alice = files();
    alice.leave_partial("/a", "hel");
    auto upload = alice.begin(resume_at_end("/a")).value();
    ASSERT_TRUE(run(upload->truncate(0)));
    ASSERT_TRUE(write(*upload, 1, "b"));
    expect_published(alice, *upload, std::string("\0b", 2));
}

TEST_P(StagedBehaviour, WhatMustExistIsAFileOrOnesOwnPartial) {
    const Files alice = files("alice");
    ASSERT_TRUE(alice.store(to("/file"), "x"));
    alice.leave_partial("/partial", "part");
    for (const auto kind :
         {UploadStart::Kind::fresh, UploadStart::Kind::at_offset, UploadStart::Kind::at_end}) {
        UploadRequest request = to("/none", Overwrite::replace);
        request.must_exist = true;
        request.start.kind = kind;
        EXPECT_EQ(refusal(alice.begin(request)), Error::not_found);
        request.path = path("/partial");
        EXPECT_EQ(refusal(files("bob").begin(request)), Error::not_found);
        auto resumed = alice.begin(request);
        ASSERT_TRUE(resumed);
        run((*resumed)->abandon(Upload::Keep::nothing));
        alice.leave_partial("/partial", "part");
        request.path = path("/file");
        EXPECT_TRUE(alice.begin(request));
    }
}

TEST_P(StagedBehaviour, AFileRemovedMeanwhileIsPublishedAnew) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "old"));
    auto upload = begin(alice, resume_at_end("/a", Overwrite::replace));
    ASSERT_TRUE(alice.remove("/a"));
    EXPECT_EQ(refusal(alice.stat("/a")), Error::not_found);
    EXPECT_EQ(read(*upload).value(), "old");
    ASSERT_TRUE(write(*upload, 3, "er"));
    expect_published(alice, *upload, "older");
}

TEST_P(StagedBehaviour, AFileRenamedMeanwhileStaysAsItWas) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "old"));
    auto upload = begin(alice, resume_at_end("/a", Overwrite::replace));
    ASSERT_TRUE(write(*upload, 0, "new"));
    ASSERT_TRUE(alice.rename("/a", "/b"));
    expect_published(alice, *upload, "new");
    EXPECT_EQ(alice.read("/b").value(), "old");
}

TEST_P(StagedBehaviour, AFileRenamedOntoTheTargetIsReplacedOnlyWhenAllowed) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/other"), "other"));
    auto denied = begin(alice, to("/a"));
    auto allowed = begin(alice, to("/a", Overwrite::replace));
    ASSERT_TRUE(write(*denied, 0, "denied"));
    ASSERT_TRUE(write(*allowed, 0, "allowed"));
    ASSERT_TRUE(alice.rename("/other", "/a"));
    EXPECT_EQ(refusal(run(denied->commit())), Error::exists);
    EXPECT_EQ(alice.read("/a").value(), "other");
    expect_published(alice, *allowed, "allowed");
}

TEST_P(StagedBehaviour, RemovingTouchesNoPartialThatGoesOn) {
    const Files alice = files();
    alice.leave_partial("/a", "hel");
    auto upload = begin(alice, resume_at_end("/a"));
    EXPECT_EQ(refusal(alice.remove("/a")), Error::not_found);
    ASSERT_TRUE(write(*upload, 3, "lo"));
    expect_published(alice, *upload, "hello");
}

TEST_P(StagedBehaviour, ADirectoryRenamedMeanwhileFailsTheCommit) {
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/in"));
    auto upload = begin(alice, to("/in/a"));
    ASSERT_TRUE(alice.rename("/in", "/out"));
    EXPECT_EQ(refusal(run(upload->commit())), Error::not_found);
    EXPECT_TRUE(alice.names("/out").empty());
}

}  // namespace
}  // namespace sallyport::test
