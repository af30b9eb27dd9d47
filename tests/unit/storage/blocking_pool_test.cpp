#include "storage/blocking_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>

#include "tests/support/run.hpp"

namespace sallyport {
namespace {

TEST(BlockingPool, TheJobRunsElsewhereAndTheCallerGoesOnWhereItWas) {
    BlockingPool pool(1);
    struct Seen {
        std::thread::id before, inside, after;
    };
    auto work = [](BlockingPool& threads) -> Async<Seen> {
        Seen seen;
        seen.before = std::this_thread::get_id();
        seen.inside = co_await threads.run([] { return std::this_thread::get_id(); });
        seen.after = std::this_thread::get_id();
        co_return seen;
    };
    const Seen seen = test::run(work(pool));
    EXPECT_NE(seen.inside, seen.before);
    EXPECT_EQ(seen.after, seen.before);
    EXPECT_EQ(pool.busy(), 0U);
}

TEST(BlockingPool, WhatAJobThrowsReachesTheCaller) {
    BlockingPool pool(1);
    const auto fail = []() -> int { throw std::runtime_error("out of luck"); };
    EXPECT_THROW(test::run(pool.run(fail)), std::runtime_error);
    EXPECT_EQ(pool.busy(), 0U);
    EXPECT_EQ(test::run(pool.run([] { return 7; })), 7);
}

TEST(BlockingPool, ResultsMayBeMoveOnly) {
    BlockingPool pool(1);
    EXPECT_EQ(*test::run(pool.run([] { return std::make_unique<int>(3); })), 3);
}

TEST(BlockingPool, RefusesWhenTooManyWait) {
    BlockingPool pool(1, 0);
    std::promise<void> go;
    std::thread first([&] {
        test::run(pool.run([&] {
            go.get_future().wait();
            return true;
        }));
    });
    while (pool.busy() == 0) std::this_thread::yield();
    EXPECT_FALSE(test::run(pool.try_run([] { return true; })).has_value());
    go.set_value();
    first.join();
    EXPECT_TRUE(test::run(pool.try_run([] { return true; })).has_value());
}

/// Two callers and one place.
struct Race {
    static constexpr int callers = 2;

    BlockingPool pool{1, 0};
    std::atomic<int> ready = 0;
    std::atomic<int> answered = 0;
    std::atomic<int> admitted = 0;
};

Async<void> race_for_the_place(Race& race) {
    // The job ends only when the other one has been refused, or admitted by mistake.
    auto job = [&race] {
        const auto decided = [&] { return race.answered + static_cast<int>(race.pool.busy()); };
        while (decided() < Race::callers) std::this_thread::yield();
        return true;
    };
    ++race.ready;
    while (race.ready < Race::callers) std::this_thread::yield();
    const auto ran = co_await race.pool.try_run(job);
    if (ran) ++race.admitted;
    ++race.answered;
}

TEST(BlockingPool, NoTwoTakeTheLastPlace) {
    for (int round = 0; round < 2000; ++round) {
        Race race;
        std::thread other([&] { test::run(race_for_the_place(race)); });
        test::run(race_for_the_place(race));
        other.join();
        ASSERT_EQ(race.admitted, 1) << "round " << round;
    }
}

TEST(BlockingPool, PostedJobsRunBeforeItEnds) {
    std::atomic<int> done = 0;
    {
        BlockingPool pool(2);
        for (int i = 0; i < 100; ++i) pool.post([&] { ++done; });
    }
    EXPECT_EQ(done, 100);
}

}  // namespace
}  // namespace sallyport
