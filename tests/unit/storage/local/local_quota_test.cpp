#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/unit/storage/local/local_test.hpp"

namespace sallyport::test {
namespace {

/// What is on disk, and who else changes it, against what the quota says.
class LocalQuota : public LocalTest {
  protected:
    [[nodiscard]] Files limited(std::uint64_t bytes, std::uint64_t files = UINT64_MAX) {
        if (!backend_) open();
        storage::VolumeRequest request{.owner = "alice", .home = "acme"};
        request.quota = storage::Quota{"alice", bytes, files, {{"alice", "acme"}}};
        return Files(run(backend_->open_volume(request)).value());
    }
    [[nodiscard]] static std::uint64_t left(const Files& files) {
        return run(files.volume().space()).value().free;
    }
};

/// True when `attempt` succeeds before long: counts of a folder keep a distance to each other that
/// grows with the time that they take.
template <class Attempt>
bool soon(Attempt attempt) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!attempt()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

TEST_F(LocalQuota, WhatOtherProgramsTakeAwayIsNoticed) {
    const Files alice = limited(10, 1);
    ASSERT_TRUE(alice.store(to("/a"), "1234567890"));
    std::filesystem::remove(home() / "a");
    ASSERT_TRUE(soon([&] { return alice.store(to("/a"), "1234567890"); }));
    auto upload = alice.begin(to("/a", Overwrite::replace));
    EXPECT_EQ(refusal(upload), Error::quota_exceeded);
}

TEST_F(LocalQuota, WhatOtherProgramsTakeAwayMeanwhileIsNoticed) {
    const Files alice = limited(10);
    ASSERT_TRUE(alice.store(to("/a"), "12345"));
    auto upload = alice.begin(to("/b")).value();
    ASSERT_TRUE(write(*upload, 0, "12345"));
    std::filesystem::remove(home() / "a");
    ASSERT_TRUE(soon([&] {
        if (write(*upload, 5, "67890")) return true;
        upload.reset();
        upload = alice.begin(to("/b")).value();
        return write(*upload, 0, "12345") && write(*upload, 5, "67890");
    }));
    EXPECT_EQ(refusal(write(*upload, 10, "1")), Error::quota_exceeded);
}

TEST_F(LocalQuota, WhatOtherProgramsTakeAwayIsNoticedByACommit) {
    const Files alice = limited(10);
    ASSERT_TRUE(alice.store(to("/a"), "12345"));
    std::filesystem::remove(home() / "a");
    ASSERT_TRUE(soon([&] { return commit(*alice.begin(to("/b")).value(), 0, "1234567890"); }));
    EXPECT_EQ(alice.read("/b").value(), "1234567890");
}

TEST_F(LocalQuota, ACommitWithoutRoomForTheLastBytesGivesAllBack) {
    const Files alice = limited(10);
    auto upload = alice.begin(to("/a")).value();
    ASSERT_TRUE(write(*upload, 0, "12345"));
    EXPECT_EQ(refusal(commit(*upload, 5, "678901")), Error::quota_exceeded);
    EXPECT_EQ(left(alice), 10U);
    EXPECT_EQ(count_below(staging() / "active"), 0U);
}

TEST_F(LocalQuota, OnlyFilesCount) {
    std::filesystem::create_directories(home() / "d" / "e");
    write_file(home() / "d" / "e" / "f", "12345");
    write_file(outside() / "big", std::string(1000, 'x'));
    std::filesystem::create_symlink(outside() / "big", home() / "link");
    std::filesystem::create_directory_symlink(outside(), home() / "out");
    EXPECT_EQ(left(limited(10)), 5U);
    EXPECT_GT(left(limited(10, 2)), 0U);
    EXPECT_EQ(left(limited(10, 1)), 0U);
}

TEST_F(LocalQuota, ItIsRightAfterACrash) {
    limited(100).leave_partial("/partial", "12");
    limited(100).leave_partial("/resumed", "34");
    auto resumed = limited(100).begin(resume_at_end("/resumed")).value();
    ASSERT_TRUE(write(*resumed, 2, "56"));
    auto fresh = limited(100).begin(to("/fresh")).value();
    ASSERT_TRUE(write(*fresh, 0, "12345678"));
    ASSERT_TRUE(limited(100).store(to("/stored"), "1234567"));
    EXPECT_EQ(left(limited(100)), 100U - 2 - 4 - 8 - 7);
    const auto after = directory_.path() / "after";
    std::filesystem::copy(root(), after, std::filesystem::copy_options::recursive);
    options_.root = after;
    open();
    EXPECT_EQ(left(limited(100)), 100U - 2 - (4 - storage::held_back_bytes) - 7);
}

TEST_F(LocalQuota, WhatIsSweptIsGivenBack) {
    const Files alice = limited(100);
    alice.leave_partial("/a", "12345");
    EXPECT_EQ(left(alice), 95U);
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(staging() / "partials")) {
        if (!entry.is_regular_file()) continue;
        std::filesystem::last_write_time(
            entry, std::filesystem::file_time_type::clock::now() - std::chrono::hours(25));
    }
    run(backend_->sweep());
    EXPECT_EQ(left(alice), 100U);
}

TEST_F(LocalQuota, AFailedPublicationIsGivenBack) {
    const Files alice = limited(100);
    ASSERT_TRUE(alice.mkdir("/d"));
    auto upload = alice.begin(to("/d/a")).value();
    ASSERT_TRUE(write(*upload, 0, "12345"));
    ASSERT_TRUE(alice.rmdir("/d"));
    EXPECT_FALSE(run(upload->commit()));
    EXPECT_EQ(left(alice), 100U);
}

TEST_F(LocalQuota, ADestroyedUploadIsGivenBack) {
    const Files alice = limited(100);
    {
        auto upload = alice.begin(to("/a")).value();
        ASSERT_TRUE(write(*upload, 0, "12345"));
        EXPECT_EQ(left(alice), 95U);
    }
    // What is removed behind our back is removed on the pool, before what is asked for now.
    while (left(alice) != 100U) std::this_thread::yield();
    EXPECT_EQ(count_below(staging() / "active"), 0U);
}

/// How many files alice has before the server starts.
constexpr int many = 3000;

TEST_F(LocalQuota, ChangesWhileAHomeIsCountedAreCountedOnce) {
    for (int i = 0; i < many; ++i) {
        const auto folder = home() / std::to_string(i % 10);
        std::filesystem::create_directories(folder);
        write_file(folder / std::to_string(i), "12345");
    }
    constexpr std::uint64_t quota = 1'000'000;
    const Files alice = limited(quota);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = t; i < 200; i += 4) {
                const std::string name = std::to_string(i % 10) + "/" + std::to_string(i);
                EXPECT_TRUE(alice.store(to("/" + name, Overwrite::replace), "1234567"));
                EXPECT_TRUE(alice.store(to("/new" + std::to_string(i)), "123"));
                EXPECT_TRUE(alice.remove("/" + name));
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(left(alice), quota - (many - 200) * 5 - 200 * 3);
}

}  // namespace
}  // namespace sallyport::test
