#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "server/admin/storage_watch.hpp"
#include "server/net/wait.hpp"

namespace sallyport::server::admin {
namespace {

using namespace std::chrono_literals;
using storage::Error;
using storage::Result;
using storage::Space;

/// Answers when it is told to.
class Disk final : public storage::Backend {
  public:
    explicit Disk(boost::asio::any_io_executor executor) : answers_(std::move(executor)) {}

    Async<Result<std::shared_ptr<storage::Volume>>> open_volume(
        const storage::VolumeRequest&) override {
        co_return Error::unavailable;
    }
    Async<Result<Space>> probe() override {
        ++probes_;
        co_await answers_.wait_until(net::SteadyTime::max());
        co_return answer_;
    }
    Async<void> sweep() override { co_return; }
    void hand_over() override {}
    void answer(const Result<Space>& what) {
        answer_ = what;
        answers_.notify();
    }

    int probes_ = 0;

  private:
    net::Event answers_;
    Result<Space> answer_ = Error::io;
};

class StorageWatchTest : public testing::Test {
  protected:
    /// What looks have been told.
    void look(StorageWatch& watch) {
        boost::asio::co_spawn(
            loop_,
            [](StorageWatch& from, std::vector<Result<Space>>& told) -> Async<void> {
                const auto space = co_await from.look();
                told.push_back(space);
            }(watch, told_),
            boost::asio::detached);
    }

    boost::asio::io_context loop_{1};
    std::shared_ptr<Disk> disk_ = std::make_shared<Disk>(loop_.get_executor());
    std::vector<Result<Space>> told_;
};

TEST_F(StorageWatchTest, AllWhoAskShareOneProbe) {
    StorageWatch watch(loop_.get_executor(), disk_, 1h);
    look(watch);
    look(watch);
    disk_->answer(Space{1, 2});
    loop_.run();
    ASSERT_EQ(told_.size(), 2U);
    EXPECT_EQ(told_[0]->free, 1U);
    EXPECT_EQ(told_[1]->total, 2U);
    EXPECT_EQ(disk_->probes_, 1);
}

TEST_F(StorageWatchTest, FailureIsTold) {
    StorageWatch watch(loop_.get_executor(), disk_, 1h);
    look(watch);
    disk_->answer(Error::no_space);
    loop_.run();
    ASSERT_EQ(told_.size(), 1U);
    EXPECT_EQ(told_[0].error(), Error::no_space);
}

TEST_F(StorageWatchTest, DiskThatHangsIsUnavailableAndIsNotAskedTwice) {
    StorageWatch watch(loop_.get_executor(), disk_, 1ms);
    look(watch);
    while (told_.empty()) loop_.run_one();
    EXPECT_EQ(told_[0].error(), Error::unavailable);
    look(watch);
    while (told_.size() < 2) loop_.run_one();
    EXPECT_EQ(told_[1].error(), Error::unavailable);
    EXPECT_EQ(disk_->probes_, 1);
    disk_->answer(Space{1, 2});
    loop_.run();
}

}  // namespace
}  // namespace sallyport::server::admin
