#include "storage/quota/gate.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "tests/support/run.hpp"

namespace sallyport::test {
namespace {

namespace asio = boost::asio;

class GateTest : public testing::Test {
  protected:
    /// Somebody who goes through and stays inside.
    static Async<void> enter(storage::Gate& gate, int& inside) {
        co_await gate.enter();
        ++inside;
    }
    void send_somebody() { asio::co_spawn(loop_, enter(gate_, inside_), asio::detached); }
    void run_what_can() {
        loop_.restart();
        loop_.poll();
    }

    asio::io_context loop_{1};
    storage::Gate gate_;
    int inside_ = 0;
    int emptied_ = 0;
};

TEST_F(GateTest, AnOpenOneLetsEverybodyIn) {
    send_somebody();
    send_somebody();
    run_what_can();
    EXPECT_EQ(inside_, 2);
}

TEST_F(GateTest, AClosedOneMakesEverybodyWaitUntilItOpens) {
    gate_.close([this] { ++emptied_; });
    EXPECT_EQ(emptied_, 1);
    send_somebody();
    send_somebody();
    run_what_can();
    EXPECT_EQ(inside_, 0);
    gate_.open();
    run_what_can();
    EXPECT_EQ(inside_, 2);
}

TEST_F(GateTest, ClosingWaitsForThoseInside) {
    send_somebody();
    send_somebody();
    run_what_can();
    gate_.close([this] { ++emptied_; });
    send_somebody();
    run_what_can();
    EXPECT_EQ(inside_, 2);
    gate_.leave();
    EXPECT_EQ(emptied_, 0);
    gate_.leave();
    EXPECT_EQ(emptied_, 1);
    gate_.open();
    run_what_can();
    EXPECT_EQ(inside_, 3);
    gate_.close([this] { ++emptied_; });
    EXPECT_EQ(emptied_, 1) << "whoever waited counts as inside from the opening on";
    gate_.leave();
    EXPECT_EQ(emptied_, 2);
    gate_.open();
}

}  // namespace
}  // namespace sallyport::test
