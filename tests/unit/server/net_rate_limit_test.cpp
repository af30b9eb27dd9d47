#include <gtest/gtest.h>

#include "server/net/rate_limit.hpp"
#include "server/net/transfer_rates.hpp"

namespace sallyport::net {
namespace {

using namespace std::chrono_literals;

constexpr RateLimit::Time start{std::chrono::hours(1)};
constexpr std::uint64_t rate = 1000;  // bytes a second
constexpr std::uint64_t burst = 250;  // bytes

static_assert(RateLimit::burst == 250ms);

TEST(RateLimit, ABurstMovesAtOnce) {
    RateLimit limit(rate, start);
    EXPECT_LE(limit.ready(), start);
    limit.spend(burst, start);
    EXPECT_EQ(limit.ready(), start);
}

TEST(RateLimit, WhatIsBeyondTheBurstIsPaidForInTime) {
    RateLimit limit(rate, start);
    limit.spend(burst + 500, start);
    EXPECT_EQ(limit.ready(), start + 500ms);
}

TEST(RateLimit, OverTimeExactlyTheRateMoves) {
    RateLimit limit(rate, start);
    auto now = start;
    std::uint64_t moved = 0;
    while (now < start + 100s) {
        now = std::max(now, limit.ready());
        const auto piece = limit.piece(1 << 20);
        limit.spend(piece, now);
        moved += piece;
    }
    EXPECT_GE(moved, 100 * rate);
    EXPECT_LE(moved, 100 * rate + 2 * burst);
}

TEST(RateLimit, AnIdleTimeEarnsNoMoreThanABurst) {
    RateLimit limit(rate, start);
    limit.spend(burst, start);
    const auto later = start + 1h;
    limit.spend(burst + 100, later);
    EXPECT_EQ(limit.ready(), later + 100ms);
}

TEST(RateLimit, TransfersThatShareItGetTheSameWhenTheyTakeTurns) {
    RateLimit limit(rate, start);
    auto now = start;
    std::uint64_t moved[2] = {0, 0};
    for (int turn = 0; now < start + 60s; turn ^= 1) {
        now = std::max(now, limit.ready());
        limit.spend(100, now);
        moved[turn] += 100;
    }
    EXPECT_NEAR(static_cast<double>(moved[0]), static_cast<double>(moved[1]), 100);
    // The last turn begins within the minute and waits until after it.
    EXPECT_LE(moved[0] + moved[1], 60 * rate + burst + 2 * 100);
}

TEST(RateLimit, PiecesKeepPausesShort) {
    EXPECT_EQ(RateLimit(rate, start).piece(1 << 20), 250U);
    EXPECT_EQ(RateLimit(rate, start).piece(100), 100U);
    EXPECT_EQ(RateLimit(1, start).piece(1 << 20), 1U);
    EXPECT_EQ(RateLimit(UINT64_MAX, start).piece(1 << 20), 1U << 20U);
}

TEST(RateLimit, ZeroIsNoLimit) {
    RateLimit limit(0, start);
    EXPECT_EQ(limit.piece(1 << 20), 1U << 20U);
    limit.spend(UINT64_MAX, start);
    EXPECT_LT(limit.ready(), start);
}

TEST(RateLimit, TheHighestRateDoesNotOverflow) {
    RateLimit limit(UINT64_MAX, start);
    limit.spend(1 << 30, start);
    EXPECT_LE(limit.ready(), start);
}

TEST(TransferRates, EachDirectionHasItsOwn) {
    auth::Policy policy;
    policy.upload_rate = rate;
    TransferRates rates(policy, start);
    rates.upload.spend(1'000'000, start);
    rates.download.spend(1'000'000, start);
    EXPECT_GT(rates.upload.ready(), start);
    EXPECT_LT(rates.download.ready(), start);
}

}  // namespace
}  // namespace sallyport::net
