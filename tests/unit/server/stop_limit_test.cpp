#include "server/stop_limit.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "tests/unit/server/recorder.hpp"

namespace sallyport::server {
namespace {

volatile std::sig_atomic_t told = 0;

void be_told(int) {
    told = 1;
}

constexpr auto soon = std::chrono::milliseconds(10);
constexpr auto late = std::chrono::hours(1);

/// A process that is told to end so many times, and does not.
[[noreturn]] void hang(StopLimit::Limits limits, int times) {
    events::Recorder sink;
    std::signal(SIGTERM, &be_told);
    const StopLimit stop_limit(limits, sink);
    while (times-- > 0) ::raise(SIGTERM);
    for (;;) ::pause();
}

class StopLimitDeathTest : public testing::Test {
  protected:
    StopLimitDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(StopLimitDeathTest, ProcessThatHangsEndsByForce) {
    EXPECT_EXIT(hang({soon, late}, 1), testing::ExitedWithCode(EXIT_FAILURE), "");
}

TEST_F(StopLimitDeathTest, ProcessThatIsToldAgainEndsSooner) {
    EXPECT_EXIT(hang({late, soon}, 2), testing::ExitedWithCode(EXIT_FAILURE), "");
}

TEST(StopLimit, ProcessThatEndsInTimeIsLeftAlone) {
    told = 0;
    events::Recorder sink;
    const auto before = std::signal(SIGTERM, &be_told);
    {
        const StopLimit stop_limit({late, late}, sink);
        ::raise(SIGTERM);
    }
    EXPECT_EQ(told, 1) << "the handler that was there is called";
    EXPECT_EQ(std::signal(SIGTERM, before), &be_told) << "and is in place again";
}

TEST(StopLimit, NothingHappensUnlessToldToEnd) {
    events::Recorder sink;
    const StopLimit stop_limit({}, sink);
}

}  // namespace
}  // namespace sallyport::server
