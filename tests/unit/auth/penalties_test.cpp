#include "auth/penalties.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace sallyport::auth {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr auto start = Penalties::Time(1000s);
const std::string bad = "192.0.2.1";
const std::string other = "192.0.2.2";

/// `count` offences at once; whether the last of them began a penalty.
bool offend(Penalties& penalties, const std::string& source, int count, Penalties::Time now,
            Offence offence = Offence::wrong_credentials) {
    bool began = false;
    for (int i = 0; i < count; ++i) began = penalties.count(source, offence, now).has_value();
    return began;
}

TEST(Penalties, WeightsAreThoseOfOpenSsh) {
    EXPECT_EQ(weight_of(Offence::wrong_credentials), 5s);
    EXPECT_EQ(weight_of(Offence::unknown_user), 5s);
    EXPECT_EQ(weight_of(Offence::never_tried), 1s);
    EXPECT_EQ(weight_of(Offence::out_of_time), 10s);
}

TEST(Penalties, NobodyIsRefusedAtFirst) {
    const Penalties penalties;
    EXPECT_FALSE(penalties.refuses(bad, start));
    EXPECT_TRUE(penalties.refused(start).empty());
}

TEST(Penalties, FifteenSecondsOfWeightBeginARefusal) {
    Penalties penalties;
    EXPECT_FALSE(offend(penalties, bad, 2, start));
    EXPECT_FALSE(penalties.refuses(bad, start));
    EXPECT_EQ(penalties.count(bad, Offence::unknown_user, start), seconds(15));
    EXPECT_TRUE(penalties.refuses(bad, start));
    EXPECT_FALSE(penalties.refuses(other, start));
}

TEST(Penalties, TimeTakesWeightOff) {
    Penalties penalties;
    offend(penalties, bad, 2, start);
    EXPECT_FALSE(penalties.count(bad, Offence::wrong_credentials, start + 1ms));
    EXPECT_FALSE(penalties.refuses(bad, start + 1ms));
    EXPECT_TRUE(penalties.count(bad, Offence::wrong_credentials, start + 2s));
}

TEST(Penalties, OnePasswordMistypedEverySixSecondsIsNeverRefused) {
    Penalties penalties;
    for (int i = 0; i < 100; ++i) {
        penalties.count(bad, Offence::wrong_credentials, start + i * 6s);
        EXPECT_FALSE(penalties.refuses(bad, start + i * 6s));
    }
}

TEST(Penalties, RefusalLastsUntilNoWeightIsLeft) {
    Penalties penalties;
    offend(penalties, bad, 3, start);
    EXPECT_TRUE(penalties.refuses(bad, start + 15s - 1ms));
    EXPECT_FALSE(penalties.refuses(bad, start + 15s));
}

TEST(Penalties, RefusalBeginsOnceHoweverManyOffencesFollow) {
    Penalties penalties;
    EXPECT_TRUE(offend(penalties, bad, 3, start));
    EXPECT_FALSE(offend(penalties, bad, 10, start));
    EXPECT_TRUE(penalties.refuses(bad, start + 60s));
    EXPECT_FALSE(penalties.refuses(bad, start + 65s));
    EXPECT_TRUE(offend(penalties, bad, 3, start + 65s));
}

TEST(Penalties, NobodyIsRefusedForMoreThanTenMinutes) {
    Penalties penalties;
    offend(penalties, bad, 10'000, start);
    EXPECT_TRUE(penalties.refuses(bad, start + 600s - 1ms));
    EXPECT_FALSE(penalties.refuses(bad, start + 600s));
}

TEST(Penalties, LookingInOnceASecondIsNotRefused) {
    Penalties penalties;
    for (int i = 0; i < 1000; ++i) {
        penalties.count(bad, Offence::never_tried, start + i * 1s);
        EXPECT_FALSE(penalties.refuses(bad, start + i * 1s));
    }
}

TEST(Penalties, TwoThatRanOutOfTimeAreRefused) {
    Penalties penalties;
    EXPECT_FALSE(offend(penalties, bad, 1, start, Offence::out_of_time));
    EXPECT_TRUE(offend(penalties, bad, 1, start + 5s, Offence::out_of_time));
}

TEST(Penalties, EndedOnesAreForgotten) {
    Penalties penalties;
    offend(penalties, bad, 3, start);
    offend(penalties, other, 1, start);
    penalties.count("192.0.2.3", Offence::never_tried, start + 20s);
    EXPECT_EQ(penalties.size(), 1U);
}

TEST(Penalties, RefusedOnesAreToldSoonestFreeFirst) {
    Penalties penalties;
    offend(penalties, bad, 5, start);
    offend(penalties, other, 3, start);
    offend(penalties, "192.0.2.3", 1, start);
    const auto all = penalties.refused(start);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].source, other);
    EXPECT_EQ(all[1].source, bad);
    EXPECT_EQ(all[1].until, start + 25s);
    EXPECT_EQ(penalties.refused(start + 20s).size(), 1U);
}

TEST(Penalties, FloodOfSourcesNeitherGrowsTheTableNorFreesARefusedOne) {
    Penalties penalties(100);
    offend(penalties, bad, 3, start);
    for (int i = 0; i < 10'000; ++i) {
        offend(penalties, "2001:db8:0:" + std::to_string(i) + "::/64", 2, start + 1ms);
        EXPECT_LE(penalties.size(), 100U);
    }
    EXPECT_TRUE(penalties.refuses(bad, start + 1ms));
}

TEST(Penalties, TableFullOfRefusedSourcesShutsNobodyElseOut) {
    Penalties penalties(10);
    for (int i = 0; i < 10; ++i) offend(penalties, "198.51.100." + std::to_string(i), 3, start);
    EXPECT_FALSE(offend(penalties, bad, 100, start));
    EXPECT_FALSE(penalties.refuses(bad, start));
    EXPECT_EQ(penalties.size(), 10U);
    EXPECT_TRUE(offend(penalties, bad, 3, start + 15s));
}

TEST(Penalties, FullTableForgetsFirstWhoWouldBeFreeSoonest) {
    Penalties penalties(2);
    offend(penalties, bad, 2, start);
    offend(penalties, other, 1, start);
    offend(penalties, "192.0.2.3", 1, start);
    EXPECT_TRUE(offend(penalties, bad, 1, start));
}

TEST(Penalties, CountsRightWithSeveralThreads) {
    Penalties penalties;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            const auto source = "192.0.2." + std::to_string(i);
            for (int n = 0; n < 1000; ++n) {
                penalties.count(source, Offence::never_tried, start);
                EXPECT_EQ(penalties.refuses(source, start), n >= 14);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(penalties.refused(start).size(), 4U);
}

}  // namespace
}  // namespace sallyport::auth
