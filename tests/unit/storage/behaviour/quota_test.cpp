#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/unit/storage/backend_test.hpp"

namespace sallyport::test {
namespace {

using storage::Quota;

class QuotaBehaviour : public BackendTest {
  protected:
    /// A volume of `owner`, whose home has the same name, under a quota of their own.
    [[nodiscard]] Files limited(const std::string& owner, std::uint64_t bytes,
                                std::uint64_t files = UINT64_MAX) const {
        return open(owner, {owner, bytes, files, {{owner, owner}}});
    }
    /// A volume of one of some users who share a quota.
    [[nodiscard]] Files shared(const std::string& owner, std::uint64_t bytes) const {
        return open(owner, {"group", bytes, UINT64_MAX, {{"alice", "alice"}, {"bob", "bob"}}});
    }
    [[nodiscard]] static std::uint64_t left(const Files& files) {
        return run(files.volume().space()).value().free;
    }

  private:
    [[nodiscard]] Files open(const std::string& owner, Quota quota) const {
        storage::VolumeRequest request;
        request.owner = owner;
        request.home = owner;
        request.quota = std::move(quota);
        return Files(run(backend_->open_volume(request)).value());
    }
};
SALLYPORT_FOR_EVERY_BACKEND(QuotaBehaviour);

TEST_P(QuotaBehaviour, NoMoreBytesAreStoredThanAllowed) {
    const Files alice = limited("alice", 10);
    ASSERT_TRUE(alice.store(to("/a"), "123456"));
    EXPECT_EQ(refusal(alice.store(to("/b"), "12345")), Error::quota_exceeded);
    EXPECT_EQ(alice.names("/"), std::vector<std::string>{"a"});
    EXPECT_TRUE(alice.store(to("/b"), "1234"));
    EXPECT_EQ(left(alice), 0U);
}

TEST_P(QuotaBehaviour, NoMoreFilesAreStoredThanAllowed) {
    const Files alice = limited("alice", 100, 2);
    ASSERT_TRUE(alice.store(to("/a"), ""));
    auto upload = alice.begin(to("/b")).value();
    EXPECT_EQ(refusal(alice.begin(to("/c"))), Error::quota_exceeded);
    EXPECT_EQ(left(alice), 0U);
    run(upload->abandon(Upload::Keep::nothing));
    EXPECT_TRUE(alice.begin(to("/c")));
}

TEST_P(QuotaBehaviour, UploadsUnderWayCount) {
    const Files alice = limited("alice", 10);
    auto first = alice.begin(to("/a")).value();
    ASSERT_TRUE(write(*first, 0, "123456"));
    auto second = alice.begin(to("/b")).value();
    EXPECT_EQ(refusal(write(*second, 0, "12345")), Error::quota_exceeded);
    EXPECT_EQ(refusal(run(second->commit())), Error::quota_exceeded);
    EXPECT_TRUE(run(first->commit()));
    EXPECT_EQ(left(alice), 4U);
}

TEST_P(QuotaBehaviour, TooMuchAnnouncedIsRefusedAtOnce) {
    const Files alice = limited("alice", 10);
    UploadRequest request = to("/a");
    request.announced_size = 11;
    EXPECT_EQ(refusal(alice.begin(request)), Error::quota_exceeded);
    request.announced_size = 10;
    const auto upload = alice.begin(request);
    ASSERT_TRUE(upload);
    EXPECT_EQ(left(alice), 10U) << "what is announced only is kept from nobody";
}

TEST_P(QuotaBehaviour, WritingOverBytesTakesNothingNew) {
    const Files alice = limited("alice", 5);
    auto upload = alice.begin(to("/a")).value();
    ASSERT_TRUE(write(*upload, 0, "12345"));
    EXPECT_TRUE(write(*upload, 0, "54321"));
    EXPECT_TRUE(run(upload->commit()));
}

TEST_P(QuotaBehaviour, HolesCount) {
    const Files alice = limited("alice", 5);
    auto upload = alice.begin(to("/a")).value();
    EXPECT_EQ(refusal(write(*upload, 5, "6")), Error::quota_exceeded);
    auto other = alice.begin(to("/a")).value();
    EXPECT_EQ(refusal(run(other->truncate(6))), Error::quota_exceeded);
}

TEST_P(QuotaBehaviour, WhatIsCutOffIsGivenBack) {
    const Files alice = limited("alice", 10);
    auto upload = alice.begin(to("/a")).value();
    ASSERT_TRUE(write(*upload, 0, "1234567890"));
    ASSERT_TRUE(run(upload->truncate(2)));
    EXPECT_EQ(left(alice), 8U);
    ASSERT_TRUE(run(upload->truncate(4)));
    EXPECT_EQ(left(alice), 6U);
    ASSERT_TRUE(run(upload->commit()));
    EXPECT_EQ(left(alice), 6U);
}

TEST_P(QuotaBehaviour, WhatIsDeletedIsGivenBack) {
    const Files alice = limited("alice", 10, 1);
    ASSERT_TRUE(alice.store(to("/a"), "123456"));
    ASSERT_TRUE(alice.remove("/a"));
    EXPECT_EQ(left(alice), 10U);
    EXPECT_TRUE(alice.store(to("/b"), "1234567890"));
}

TEST_P(QuotaBehaviour, WhatIsReplacedIsGivenBack) {
    const Files alice = limited("alice", 10);
    ASSERT_TRUE(alice.store(to("/a"), "1234"));
    ASSERT_TRUE(alice.store(to("/a", Overwrite::replace), "123456"));
    EXPECT_EQ(left(alice), 4U);
    ASSERT_TRUE(alice.store(to("/b"), "12"));
    ASSERT_TRUE(alice.rename("/b", "/a", Overwrite::replace));
    EXPECT_EQ(left(alice), 8U);
}

TEST_P(QuotaBehaviour, BothVersionsCountUntilTheNewOneIsComplete) {
    const Files alice = limited("alice", 10);
    ASSERT_TRUE(alice.store(to("/a"), "123456"));
    EXPECT_EQ(refusal(alice.store(to("/a", Overwrite::replace), "12345")), Error::quota_exceeded);
    EXPECT_EQ(alice.read("/a").value(), "123456");
}

TEST_P(QuotaBehaviour, KeptVersionsCount) {
    const Files alice = limited("alice", 10);
    ASSERT_TRUE(alice.store(to("/a"), "1234"));
    ASSERT_TRUE(alice.store(to("/a", Overwrite::keep), "1234"));
    EXPECT_EQ(left(alice), 2U);
    EXPECT_EQ(refusal(alice.store(to("/a", Overwrite::keep), "123")), Error::quota_exceeded);
    ASSERT_TRUE(alice.remove("/a.~1~"));
    EXPECT_EQ(left(alice), 6U);
}

TEST_P(QuotaBehaviour, RenamingChangesNothing) {
    const Files alice = limited("alice", 10);
    ASSERT_TRUE(alice.mkdir("/d"));
    ASSERT_TRUE(alice.store(to("/a"), "123456"));
    ASSERT_TRUE(alice.rename("/a", "/d/b"));
    ASSERT_TRUE(alice.rename("/d", "/e"));
    EXPECT_EQ(left(alice), 4U);
}

TEST_P(QuotaBehaviour, AnAbandonedUploadIsGivenBack) {
    const Files alice = limited("alice", 10);
    auto upload = alice.begin(to("/a")).value();
    ASSERT_TRUE(write(*upload, 0, "123456"));
    run(upload->abandon(Upload::Keep::nothing));
    EXPECT_EQ(left(alice), 10U);
}

TEST_P(QuotaBehaviour, PartialsCountAgainstTheirOwner) {
    const Files alice = limited("alice", 10);
    alice.leave_partial("/a", "123456");
    EXPECT_EQ(left(alice), 4U);
    alice.leave_partial("/b", "1");
    alice.leave_partial("/b", "12");
    EXPECT_EQ(left(alice), 2U) << "a later partial takes the place of an earlier one";
    ASSERT_TRUE(alice.remove("/b"));
    EXPECT_EQ(left(alice), 4U);
}

TEST_P(QuotaBehaviour, APartialThatGoesOnCountsOnce) {
    const Files alice = limited("alice", 10);
    alice.leave_partial("/a", "123456");
    auto upload = alice.begin(resume_at("/a", 4)).value();
    EXPECT_EQ(left(alice), 6U);
    ASSERT_TRUE(write(*upload, 4, "56789"));
    EXPECT_EQ(left(alice), 1U);
    ASSERT_TRUE(run(upload->commit()));
    EXPECT_EQ(left(alice), 1U);
}

TEST_P(QuotaBehaviour, ACopyThatIsChangedCountsBesides) {
    const Files alice = limited("alice", 10);
    ASSERT_TRUE(alice.store(to("/a"), "1234"));
    auto upload = alice.begin(resume_at_end("/a", Overwrite::replace)).value();
    EXPECT_EQ(left(alice), 2U);
    run(upload->abandon(Upload::Keep::nothing));
    ASSERT_TRUE(alice.store(to("/b"), "123"));
    EXPECT_EQ(refusal(alice.begin(resume_at_end("/a", Overwrite::replace))), Error::quota_exceeded);
}

TEST_P(QuotaBehaviour, WhatWasThereBeforeCounts) {
    ASSERT_TRUE(files("alice", "alice").store(to("/a"), "123456"));
    files("alice", "alice").leave_partial("/b", "12");
    const Files alice = limited("alice", 10);
    EXPECT_EQ(left(alice), 2U);
    EXPECT_EQ(refusal(alice.store(to("/c"), "123")), Error::quota_exceeded);
}

TEST_P(QuotaBehaviour, WhatOthersDoInTheSameHomeCounts) {
    const Files alice = limited("alice", 10);
    const Files guest = files("guest", "alice");
    ASSERT_TRUE(guest.store(to("/a"), "123456"));
    EXPECT_EQ(left(alice), 4U);
    ASSERT_TRUE(guest.remove("/a"));
    EXPECT_EQ(left(alice), 10U);
}

TEST_P(QuotaBehaviour, WhatIsDoneFromAHomeAroundItCounts) {
    storage::VolumeRequest inner{.owner = "alice", .home = "partners/alice"};
    inner.quota = Quota{"alice", 10, UINT64_MAX, {{"alice", "partners/alice"}}};
    const Files alice(run(backend_->open_volume(inner)).value());
    const Files collector = files("collector", "partners");
    ASSERT_TRUE(alice.store(to("/a"), "123456"));
    ASSERT_TRUE(collector.rename("/alice/a", "/a"));
    EXPECT_EQ(left(alice), 10U);
    ASSERT_TRUE(collector.mkdir("/d"));
    ASSERT_TRUE(collector.rename("/a", "/d/a"));
    ASSERT_TRUE(collector.rename("/d", "/alice/d"));
    EXPECT_EQ(left(alice), 4U);
}

TEST_P(QuotaBehaviour, AGroupSharesOne) {
    const Files alice = shared("alice", 10);
    const Files bob = shared("bob", 10);
    ASSERT_TRUE(alice.store(to("/a"), "123456"));
    EXPECT_EQ(left(bob), 4U);
    EXPECT_EQ(refusal(bob.store(to("/a"), "12345")), Error::quota_exceeded);
    EXPECT_TRUE(bob.store(to("/a"), "1234"));
    ASSERT_TRUE(bob.remove("/a"));
    bob.leave_partial("/a", "123");
    EXPECT_EQ(left(alice), 1U);
}

TEST_P(QuotaBehaviour, WhoHasNoQuotaOrAnotherOneIsFree) {
    const Files alice = limited("alice", 1);
    ASSERT_TRUE(alice.store(to("/a"), "1"));
    EXPECT_TRUE(limited("bob", 10).store(to("/a"), "1234567890"));
    EXPECT_TRUE(files().store(to("/a"), "1234567890"));
}

TEST_P(QuotaBehaviour, ALaterLimitHoldsForAllSessions) {
    const Files before = limited("alice", 10);
    const Files after = limited("alice", 20);
    EXPECT_EQ(left(before), 20U);
    ASSERT_TRUE(before.store(to("/a"), "12345678901"));
    const Files less = limited("alice", 5);
    EXPECT_EQ(left(less), 0U);
    EXPECT_EQ(refusal(less.store(to("/b"), "1")), Error::quota_exceeded);
}

TEST_P(QuotaBehaviour, TheQuotaIsTheSizeOfTheVolume) {
    const auto space = run(limited("alice", 10).volume().space()).value();
    EXPECT_EQ(space.free, 10U);
    EXPECT_EQ(space.total, 10U);
}

TEST_P(QuotaBehaviour, ConcurrentUploadsNeverExceedIt) {
    constexpr std::size_t quota = 100'000;
    const std::string content(quota * 6 / 10, 'x');
    std::vector<std::thread> threads;
    std::atomic<int> stored{0};
    for (int i = 0; i < 10; ++i) {
        threads.emplace_back([&, i] {
            const Files mine = limited("alice", quota);
            if (mine.store(to("/" + std::to_string(i)), content)) ++stored;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(stored, 1);
    const Files alice = limited("alice", quota);
    EXPECT_EQ(left(alice), quota - static_cast<std::size_t>(stored) * content.size());
}

}  // namespace
}  // namespace sallyport::test
