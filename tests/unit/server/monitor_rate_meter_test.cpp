#include <gtest/gtest.h>

#include "server/monitor/rate_meter.hpp"

namespace sallyport::server::monitor {
namespace {

using namespace std::chrono_literals;

constexpr RateMeter::Time start{std::chrono::hours(1)};

TEST(RateMeter, NothingHasNoRate) {
    EXPECT_EQ(RateMeter(start).rate(start), 0);
    EXPECT_EQ(RateMeter(start).rate(start + 1h), 0);
}

TEST(RateMeter, SteadyBytesHaveTheirRate) {
    RateMeter meter(start);
    for (int i = 1; i <= 100; ++i) meter.count(100, start + i * 100ms);
    EXPECT_DOUBLE_EQ(meter.rate(start + 10s), 1000);
}

TEST(RateMeter, OldTimesAreForgotten) {
    RateMeter meter(start);
    for (int i = 1; i <= 100; ++i) meter.count(1'000'000, start + i * 100ms);
    for (int i = 101; i <= 120; ++i) meter.count(100, start + i * 100ms);
    EXPECT_DOUBLE_EQ(meter.rate(start + 12s), 1000);
}

TEST(RateMeter, LumpsThatComeSeldomHaveASteadyRate) {
    RateMeter meter(start);
    meter.count(130, start + 13s);
    meter.count(130, start + 26s);
    EXPECT_DOUBLE_EQ(meter.rate(start + 26s), 10);
    EXPECT_DOUBLE_EQ(meter.rate(start + 38s), 10);
}

TEST(RateMeter, StalledTransferFallsToNothing) {
    RateMeter meter(start);
    meter.count(1000, start + 1s);
    EXPECT_DOUBLE_EQ(meter.rate(start + 3s), 1000);
    EXPECT_EQ(meter.rate(start + 4s), 0);
}

TEST(RateMeter, FirstMomentIsNotBlownUp) {
    RateMeter meter(start);
    meter.count(1000, start + 1ms);
    EXPECT_DOUBLE_EQ(meter.rate(start + 1ms), 1000);
}

}  // namespace
}  // namespace sallyport::server::monitor
