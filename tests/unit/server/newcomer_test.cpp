#include "server/newcomer.hpp"

#include <gtest/gtest.h>

#include "tests/unit/server/recorder.hpp"

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
using auth::Refusal;
using Clock = std::chrono::steady_clock;

constexpr net::Anteroom::Caps caps{.start = 10, .rate = 30, .full = 100, .per_source = 5};
const std::string source = "192.0.2.1";

class NewcomerTest : public testing::Test {
  protected:
    std::unique_ptr<Newcomer> arrive(auth::Penalties* penalties,
                                     net::SteadyTime deadline = Clock::now() + 1h) {
        auto seat = std::get<net::Anteroom::Seat>(room_.enter(source, caps, 0));
        return std::make_unique<Newcomer>(std::move(seat),
                                          Newcomer::Case{source, penalties, deadline}, events_);
    }

    /// Whether the source is refused after so many newcomers that did `act`.
    template <class Act>
    bool is_refused_after(int count, Act act, net::SteadyTime deadline = Clock::now() + 1h) {
        auth::Penalties penalties;
        for (int i = 0; i < count; ++i) {
            const auto newcomer = arrive(&penalties, deadline);
            act(*newcomer);
        }
        return penalties.refuses(source, Clock::now());
    }

    static constexpr auto nothing = [](Newcomer&) {};

    net::Anteroom room_;
    events::Recorder sink_;
    events::SessionEvents events_{sink_, "s", "ftps", source};
};

TEST_F(NewcomerTest, SeatIsGivenBackAtTheLogin) {
    auth::Penalties penalties;
    const auto newcomer = arrive(&penalties);
    EXPECT_EQ(room_.taken(), 1U);
    newcomer->logged_in();
    EXPECT_EQ(room_.taken(), 0U);
}

TEST_F(NewcomerTest, SeatIsGivenBackAtTheEnd) {
    auth::Penalties penalties;
    arrive(&penalties);
    EXPECT_EQ(room_.taken(), 0U);
}

TEST_F(NewcomerTest, FailedLoginsAreCounted) {
    const auto fail = [](Newcomer& newcomer) { newcomer.failed(Refusal::wrong_password); };
    EXPECT_FALSE(is_refused_after(2, fail));
    EXPECT_TRUE(is_refused_after(30, fail));
}

TEST_F(NewcomerTest, WhyALoginFailedMakesNoDifference) {
    for (const auto refusal : {Refusal::unknown_user, Refusal::wrong_key, Refusal::disabled,
                               Refusal::expired, Refusal::malformed}) {
        const auto fail = [refusal](Newcomer& newcomer) { newcomer.failed(refusal); };
        EXPECT_FALSE(is_refused_after(2, fail));
        EXPECT_TRUE(is_refused_after(30, fail));
    }
}

TEST_F(NewcomerTest, WhatTheServerCouldNotDoIsNotTheirFault) {
    for (const auto refusal : {Refusal::overloaded, Refusal::failed}) {
        EXPECT_FALSE(
            is_refused_after(1000, [refusal](Newcomer& newcomer) { newcomer.failed(refusal); }));
    }
}

TEST_F(NewcomerTest, LeavingWithoutTryingIsCountedALittle) {
    EXPECT_FALSE(is_refused_after(14, nothing));
    EXPECT_TRUE(is_refused_after(100, nothing));
}

TEST_F(NewcomerTest, RunningOutOfTimeIsCountedMost) {
    EXPECT_FALSE(is_refused_after(1, nothing, Clock::now()));
    EXPECT_TRUE(is_refused_after(10, nothing, Clock::now()));
}

TEST_F(NewcomerTest, KeyThatLedNowhereIsCountedAtTheEnd) {
    const auto offer = [](Newcomer& newcomer) {
        for (int i = 0; i < 100; ++i) newcomer.tried();
    };
    EXPECT_FALSE(is_refused_after(2, offer));
    EXPECT_TRUE(is_refused_after(30, offer));
}

TEST_F(NewcomerTest, WhoHasLoggedInOwesNothing) {
    const auto log_in = [](Newcomer& newcomer) {
        newcomer.tried();
        newcomer.logged_in();
    };
    EXPECT_FALSE(is_refused_after(1000, log_in));
    EXPECT_FALSE(is_refused_after(1000, log_in, Clock::now()));
}

TEST_F(NewcomerTest, FailuresAfterALoginAreCounted) {
    EXPECT_TRUE(is_refused_after(30, [](Newcomer& newcomer) {
        newcomer.logged_in();
        newcomer.failed(Refusal::wrong_password);
    }));
}

TEST_F(NewcomerTest, ExemptOnesAreNotCounted) {
    for (int i = 0; i < 1000; ++i) arrive(nullptr)->failed(Refusal::wrong_password);
    EXPECT_EQ(sink_.text_, "");
}

TEST_F(NewcomerTest, PenaltyIsAnEventOnce) {
    auth::Penalties penalties;
    const auto newcomer = arrive(&penalties);
    for (int i = 0; i < 30 && sink_.text_.empty(); ++i) newcomer->failed(Refusal::wrong_password);
    EXPECT_EQ(sink_.text_,
              "penalty.start session=s protocol=ftps address=192.0.2.1 source=192.0.2.1 "
              "reason=wrong credentials seconds");
    sink_.text_.clear();
    newcomer->failed(Refusal::wrong_password);
    EXPECT_EQ(sink_.text_, "");
}

}  // namespace
}  // namespace sallyport::server
