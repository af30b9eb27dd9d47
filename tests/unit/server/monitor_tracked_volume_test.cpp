#include <gtest/gtest.h>

#include "server/monitor/tracked_volume.hpp"
#include "storage/memory/memory_backend.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::server::monitor {
namespace {

using test::run;
using test::to;

class TrackedVolumeTest : public testing::Test {
  protected:
    TrackedVolumeTest() {
        storage::VolumeRequest request;
        request.owner = "alice";
        request.home = "acme";
        files_.emplace(tracked(run(backend_.open_volume(request)).value(), session_));
    }

    [[nodiscard]] std::vector<TransferView> seen() const { return all_.look().at(0).transfers; }

    storage::MemoryBackend backend_;
    LiveSessions all_;
    std::shared_ptr<LiveSession> session_ = all_.open(config::Protocol::sftp, "id", "");
    std::optional<test::Files> files_;
};

TEST_F(TrackedVolumeTest, UploadIsSeenUntilItIsPublished) {
    auto request = to("/a.txt");
    request.announced_size = 10;
    {
        const auto upload = files_->begin(request).value();
        ASSERT_TRUE(test::write(*upload, 0, "hello"));
        ASSERT_EQ(seen().size(), 1U);
        EXPECT_EQ(seen()[0].path, "/a.txt");
        EXPECT_EQ(seen()[0].direction, Direction::upload);
        EXPECT_EQ(seen()[0].position, 5U);
        EXPECT_EQ(seen()[0].size, 10U);
        ASSERT_TRUE(run(upload->commit()));
    }
    EXPECT_TRUE(seen().empty());
    EXPECT_EQ(files_->read("/a.txt").value(), "hello");
    EXPECT_EQ(all_.moved(config::Protocol::sftp, Direction::upload), 5U);
}

TEST_F(TrackedVolumeTest, ResumedUploadBeginsWhereItGoesOn) {
    files_->leave_partial("/a.txt", "hello");
    auto request = test::resume_at("/a.txt", 5);
    request.announced_size = 6;
    const auto upload = files_->begin(request).value();
    EXPECT_EQ(seen().at(0).position, 5U);
    EXPECT_EQ(seen().at(0).size, 11U);
    ASSERT_TRUE(test::write(*upload, 5, " world"));
    EXPECT_EQ(seen().at(0).moved, 6U);
    EXPECT_EQ(seen().at(0).position, 11U);
}

TEST_F(TrackedVolumeTest, UploadOfUnknownSizeHasNone) {
    const auto upload = files_->begin(to("/a.txt")).value();
    EXPECT_FALSE(seen().at(0).size);
}

TEST_F(TrackedVolumeTest, UniqueNameIsTheOneThatIsSeen) {
    ASSERT_TRUE(files_->store(to("/a.txt"), "x"));
    auto request = to("/a.txt");
    request.unique = true;
    const auto upload = files_->begin(request).value();
    EXPECT_EQ(seen().at(0).path, upload->path().str());
    EXPECT_NE(seen().at(0).path, "/a.txt");
}

TEST_F(TrackedVolumeTest, DownloadIsSeenWhileItIsOpen) {
    ASSERT_TRUE(files_->store(to("/a.txt"), "hello"));
    {
        const auto download = run(files_->volume().download(test::path("/a.txt"))).value();
        std::array<std::byte, 3> bytes;
        ASSERT_TRUE(run(download->read(1, bytes)));
        ASSERT_EQ(seen().size(), 1U);
        EXPECT_EQ(seen()[0].direction, Direction::download);
        EXPECT_EQ(seen()[0].moved, 3U);
        EXPECT_EQ(seen()[0].position, 4U);
        EXPECT_EQ(seen()[0].size, 5U);
    }
    EXPECT_TRUE(seen().empty());
}

TEST_F(TrackedVolumeTest, WhatIsRefusedIsNoTransfer) {
    EXPECT_FALSE(run(files_->volume().download(test::path("/none"))));
    ASSERT_TRUE(files_->store(to("/a.txt"), "x"));
    EXPECT_FALSE(files_->begin(to("/a.txt")));
    EXPECT_TRUE(seen().empty());
}

}  // namespace
}  // namespace sallyport::server::monitor
