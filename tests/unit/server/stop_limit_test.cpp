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

/// A process that is told to end, and has not ended when `limit` is over.
[[noreturn]] void hang(std::chrono::milliseconds limit) {
    events::Recorder sink;
    std::signal(SIGTERM, &be_told);
    const StopLimit stop_limit(limit, sink);
    ::raise(SIGTERM);
    if (told == 0) ::_exit(3);
    for (;;) ::pause();
}

using StopLimitDeathTest = testing::Test;

TEST(StopLimitDeathTest, ProcessThatHangsEndsByForce) {
    testing::GTEST_FLAG(death_test_style) = "threadsafe";
    EXPECT_EXIT(hang(std::chrono::milliseconds(10)), testing::ExitedWithCode(EXIT_FAILURE), "");
}

TEST(StopLimit, ProcessThatEndsInTimeIsLeftAlone) {
    told = 0;
    events::Recorder sink;
    const auto before = std::signal(SIGTERM, &be_told);
    {
        const StopLimit stop_limit(std::chrono::hours(1), sink);
        ::raise(SIGTERM);
    }
    EXPECT_EQ(told, 1) << "the handler that was there is called";
    EXPECT_EQ(std::signal(SIGTERM, before), &be_told) << "and is in place again";
}

TEST(StopLimit, NothingHappensUnlessToldToEnd) {
    events::Recorder sink;
    const StopLimit stop_limit(std::chrono::nanoseconds(0), sink);
}

}  // namespace
}  // namespace sallyport::server
