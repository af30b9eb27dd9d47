#include <gtest/gtest.h>

#include <thread>

#include "server/monitor/live_sessions.hpp"

namespace sallyport::server::monitor {
namespace {

using config::Protocol;

class LiveSessionsTest : public testing::Test {
  protected:
    LiveSessions all_;
};

TEST_F(LiveSessionsTest, SessionIsSeenWhileItLives) {
    EXPECT_TRUE(all_.look().empty());
    auto session = all_.open(Protocol::sftp, "id", "192.0.2.1");
    session->set_user("acme");
    const auto seen = all_.look();
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0].id, "id");
    EXPECT_EQ(seen[0].user, "acme");
    EXPECT_EQ(seen[0].address, "192.0.2.1");
    EXPECT_EQ(seen[0].protocol, Protocol::sftp);
    EXPECT_TRUE(seen[0].transfers.empty());
    session.reset();
    EXPECT_TRUE(all_.look().empty());
}

TEST_F(LiveSessionsTest, OldestIsFirst) {
    const auto first = all_.open(Protocol::ftps, "first", "");
    const auto second = all_.open(Protocol::ftps, "second", "");
    EXPECT_EQ(all_.look().front().id, "first");
}

TEST_F(LiveSessionsTest, TransferShowsHowFarItIs) {
    const auto session = all_.open(Protocol::ftps, "id", "");
    LiveTransfer transfer(session, {"/a", Direction::upload, 100, 1000});
    transfer.moved(100, 50);
    transfer.moved(150, 50);
    const auto seen = all_.look().at(0).transfers.at(0);
    EXPECT_EQ(seen.path, "/a");
    EXPECT_EQ(seen.direction, Direction::upload);
    EXPECT_EQ(seen.moved, 100U);
    EXPECT_EQ(seen.position, 200U);
    EXPECT_EQ(seen.size, 1000U);
}

TEST_F(LiveSessionsTest, RepetitionsDoNotMoveThePosition) {
    const auto session = all_.open(Protocol::ftps, "id", "");
    LiveTransfer transfer(session, {"/a", Direction::download, 0, {}});
    transfer.moved(0, 100);
    transfer.moved(0, 100);
    const auto seen = all_.look().at(0).transfers.at(0);
    EXPECT_EQ(seen.moved, 200U);
    EXPECT_EQ(seen.position, 100U);
    EXPECT_FALSE(seen.size);
}

TEST_F(LiveSessionsTest, TransfersComeAndGoInAnyOrder) {
    const auto session = all_.open(Protocol::sftp, "id", "");
    auto first = std::make_unique<LiveTransfer>(session, LiveTransfer::File{"/a", {}, 0, {}});
    LiveTransfer second(session, {"/b", Direction::upload, 0, {}});
    first.reset();
    const auto seen = all_.look().at(0).transfers;
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0].path, "/b");
}

TEST_F(LiveSessionsTest, BytesAreSummedByProtocolAndDirection) {
    {
        const auto session = all_.open(Protocol::sftp, "id", "");
        LiveTransfer up(session, {"/a", Direction::upload, 0, {}});
        LiveTransfer down(session, {"/b", Direction::download, 0, {}});
        up.moved(0, 10);
        down.moved(0, 1);
    }
    EXPECT_EQ(all_.moved(Protocol::sftp, Direction::upload), 10U);
    EXPECT_EQ(all_.moved(Protocol::sftp, Direction::download), 1U);
    EXPECT_EQ(all_.moved(Protocol::ftps, Direction::upload), 0U);
}

TEST_F(LiveSessionsTest, LooksWhileSessionsWorkOnOtherThreads) {
    constexpr int rounds = 2000;
    const auto work = [this] {
        for (int i = 0; i < rounds; ++i) {
            const auto session = all_.open(Protocol::ftps, "id", "");
            session->set_user("acme");
            LiveTransfer transfer(session, {"/a", Direction::upload, 0, {}});
            transfer.moved(0, 1);
        }
    };
    std::thread first(work);
    std::thread second(work);
    for (int i = 0; i < rounds; ++i) EXPECT_LE(all_.look().size(), 2U);
    first.join();
    second.join();
    EXPECT_EQ(all_.moved(Protocol::ftps, Direction::upload), 2U * rounds);
}

}  // namespace
}  // namespace sallyport::server::monitor
