#include <gtest/gtest.h>

#include "server/net/pace.hpp"

namespace sallyport::net {
namespace {

using namespace std::chrono_literals;

constexpr Pace::Time start{std::chrono::hours(1)};
constexpr std::uint64_t a_window = 60;  // seconds

static_assert(Pace::window == std::chrono::seconds(a_window));

TEST(Pace, NobodyIsTooSlowBeforeAWindowHasPassed) {
    Pace pace(1000, start);
    EXPECT_FALSE(pace.too_slow(start));
    EXPECT_FALSE(pace.too_slow(start + Pace::window - 1ms));
}

TEST(Pace, LeastRateIsEnough) {
    Pace pace(1000, start);
    pace.count(1000 * a_window);
    EXPECT_FALSE(pace.too_slow(start + Pace::window));
}

TEST(Pace, BelowTheLeastRateIsTooSlow) {
    Pace pace(1000, start);
    pace.count(1000 * a_window - 1);
    EXPECT_TRUE(pace.too_slow(start + Pace::window));
}

TEST(Pace, SilenceIsTooSlow) {
    Pace pace(1, start);
    EXPECT_TRUE(pace.too_slow(start + Pace::window));
}

TEST(Pace, EachWindowCountsAnew) {
    Pace pace(1000, start);
    pace.count(1'000'000'000);
    EXPECT_FALSE(pace.too_slow(start + Pace::window));
    EXPECT_FALSE(pace.too_slow(start + Pace::window + 1s));
    EXPECT_TRUE(pace.too_slow(start + 2 * Pace::window));
}

TEST(Pace, LongWindowAsksForMore) {
    Pace pace(1000, start);
    pace.count(1000 * a_window);
    EXPECT_TRUE(pace.too_slow(start + 2 * Pace::window));
}

TEST(Pace, TimeInWhichTheSenderWasKeptWaitingDoesNotCount) {
    Pace pace(1000, start);
    pace.count(1000 * a_window);
    pace.pause(10 * Pace::window);
    EXPECT_FALSE(pace.too_slow(start + 10 * Pace::window + Pace::window - 1ms));
    EXPECT_FALSE(pace.too_slow(start + 10 * Pace::window + Pace::window));
    EXPECT_TRUE(pace.too_slow(start + 10 * Pace::window + 2 * Pace::window));
}

TEST(Pace, LeastOfZeroAcceptsSilence) {
    Pace pace(0, start);
    EXPECT_FALSE(pace.too_slow(start + 100 * Pace::window));
}

}  // namespace
}  // namespace sallyport::net
