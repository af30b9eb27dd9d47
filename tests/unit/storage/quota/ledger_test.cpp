#include "storage/quota/ledger.hpp"

#include <gtest/gtest.h>

#include "storage/quota/charge.hpp"
#include "storage/quota/passage.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::test {
namespace {

using namespace std::chrono_literals;
using storage::Charge;
using storage::Ledger;
using storage::Usage;
using Count = Ledger::Count::State;

class LedgerTest : public testing::Test {
  protected:
    /// Begins a count at `now`, if that may be.
    Count begin(storage::Meter& meter, Ledger::Clock::duration age) {
        const auto count = ledger_->begin_count(meter, age, now_, [this] { ++begun_; });
        wait_ = count.wait;
        return count.state;
    }

    std::shared_ptr<Ledger> ledger_ = std::make_shared<Ledger>();
    Ledger::Clock::time_point now_{1h};
    int begun_ = 0;
    Ledger::Clock::duration wait_{};
};

TEST_F(LedgerTest, AMeterCountsWhatIsInItsFolder) {
    const auto inner = ledger_->meter("/srv/in/acme");
    const auto outer = ledger_->meter("/srv/in");
    EXPECT_EQ(ledger_->covering("/srv/in/acme/d/a.csv"), (storage::Meters{outer, inner}));
    EXPECT_EQ(ledger_->covering("/srv/in/acme"), (storage::Meters{outer, inner}));
    EXPECT_EQ(ledger_->covering("/srv/in/acmeville/a"), storage::Meters{outer});
    EXPECT_TRUE(ledger_->covering("/srv/out").empty());
    EXPECT_EQ(ledger_->meter("/srv/in"), outer);
}

TEST_F(LedgerTest, WhatIsInTwoFoldersOfAnAccountCountsOnce) {
    const auto inner = ledger_->meter("/srv/in/acme");
    const auto outer = ledger_->meter("/srv/in");
    const auto account = ledger_->account("a", {100, 100});
    ledger_->add(*account, inner, ledger_->stash("one"));
    ledger_->add(*account, outer, ledger_->stash("two"));
    ledger_->changed(ledger_->covering("/srv/in/acme/x"), {10, 1}, {});
    EXPECT_EQ(ledger_->left(*account), (Usage{90, 99}));
}

TEST_F(LedgerTest, TakingAwayWhatWasNeverCountedIsNoDebt) {
    const auto meter = ledger_->meter("/a");
    const auto account = ledger_->account("a", {100, 100});
    ledger_->add(*account, meter, ledger_->stash("a"));
    ledger_->changed({meter}, {}, {50, 2});
    EXPECT_EQ(ledger_->left(*account), (Usage{100, 100}));
}

TEST_F(LedgerTest, WhoHasTooManyFilesMayFinishThoseBegun) {
    const auto account = ledger_->account("a", {100, 1});
    const auto stash = ledger_->stash("a");
    ledger_->add(*account, ledger_->meter("/a"), stash);
    auto charge = Charge::begin({ledger_, stash, account}, 0).value();
    ledger_->changed({ledger_->meter("/a")}, {10, 1}, {});
    EXPECT_TRUE(charge.grow(90));
    EXPECT_EQ(refusal(charge.grow(1)), Error::quota_exceeded);
}

TEST_F(LedgerTest, SumsDoNotOverflow) {
    const auto account = ledger_->account("a", {100, UINT64_MAX});
    const auto stash = ledger_->stash("a");
    ledger_->add(*account, ledger_->meter("/a"), stash);
    auto charge = Charge::begin({ledger_, stash, account}, 0).value();
    ASSERT_TRUE(charge.grow(50));
    EXPECT_EQ(refusal(charge.grow(UINT64_MAX - 20)), Error::quota_exceeded);
}

TEST_F(LedgerTest, AChargeThatIsDroppedIsGivenBack) {
    const auto account = ledger_->account("a", {100, 10});
    const auto stash = ledger_->stash("a");
    ledger_->add(*account, ledger_->meter("/a"), stash);
    {
        auto charge = Charge::begin({ledger_, stash, account}, 0).value();
        ASSERT_TRUE(charge.grow(50));
        const Charge moved = std::move(charge);
        EXPECT_EQ(ledger_->left(*account), (Usage{50, 9}));
    }
    EXPECT_EQ(ledger_->left(*account), (Usage{100, 10}));
}

TEST_F(LedgerTest, PartialsThatAreCountedAgainCountOnce) {
    const auto account = ledger_->account("a", {100, 10});
    const auto stash = ledger_->stash("a");
    ledger_->add(*account, ledger_->meter("/a"), stash);
    ledger_->count_partials(*stash, {10, 1});
    auto charge = Charge::adopt({ledger_, stash, account}, 10);
    ASSERT_TRUE(charge.grow(5));
    ledger_->count_partials(*stash, {0, 0});
    EXPECT_EQ(ledger_->left(*account), (Usage{85, 9}));
    charge.became_partial({});
    ledger_->count_partials(*stash, {15, 1});
    EXPECT_EQ(ledger_->left(*account), (Usage{85, 9}));
}

TEST_F(LedgerTest, OneCountAtATime) {
    const auto meter = ledger_->meter("/a");
    EXPECT_EQ(begin(*meter, 1min), Count::begun);
    EXPECT_EQ(begin(*meter, 0s), Count::running);
    EXPECT_EQ(begun_, 1);
}

TEST_F(LedgerTest, ARecentCountIsNotRepeated) {
    const auto meter = ledger_->meter("/a");
    ASSERT_EQ(begin(*meter, 0s), Count::begun);
    ledger_->end_count(*meter, Usage{1, 1}, now_);
    now_ += 59s;
    EXPECT_EQ(begin(*meter, 1min), Count::recent);
    now_ += 1s;
    EXPECT_EQ(begin(*meter, 1min), Count::begun);
}

TEST_F(LedgerTest, CountingTakesATenthOfTheTimeAtMost) {
    const auto meter = ledger_->meter("/a");
    ASSERT_EQ(begin(*meter, 0s), Count::begun);
    now_ += 2s;
    ledger_->end_count(*meter, Usage{1, 1}, now_);
    now_ += 19s;
    EXPECT_EQ(begin(*meter, 0s), Count::recent);
    EXPECT_EQ(wait_, 1s);
    now_ += 1s;
    EXPECT_EQ(begin(*meter, 0s), Count::begun);
}

TEST_F(LedgerTest, AMoveThatIsUndoneCountsNothing) {
    const auto from = ledger_->account("from", {100, 10});
    const auto to = ledger_->account("to", {100, 10});
    ledger_->add(*from, ledger_->meter("/from"), ledger_->stash("from"));
    ledger_->add(*to, ledger_->meter("/to"), ledger_->stash("to"));
    ledger_->changed({ledger_->meter("/from")}, {10, 1}, {});
    const auto passage = run(storage::Passage::through(ledger_, "/from/a", "/to/a"));
    passage.moved({10, 1}, {});
    EXPECT_EQ(ledger_->left(*to), (Usage{90, 9}));
    passage.moved_back({10, 1});
    EXPECT_EQ(ledger_->left(*from), (Usage{90, 9}));
    EXPECT_EQ(ledger_->left(*to), (Usage{100, 10}));
}

TEST_F(LedgerTest, AFailedCountChangesNothing) {
    const auto meter = ledger_->meter("/a");
    const auto account = ledger_->account("a", {100, 10});
    ledger_->add(*account, meter, ledger_->stash("a"));
    ledger_->changed({meter}, {10, 1}, {});
    ASSERT_EQ(begin(*meter, 0s), Count::begun);
    ledger_->end_count(*meter, std::nullopt, now_);
    EXPECT_EQ(ledger_->left(*account), (Usage{90, 9}));
}

}  // namespace
}  // namespace sallyport::test
