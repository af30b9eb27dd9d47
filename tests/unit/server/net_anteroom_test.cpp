#include <gtest/gtest.h>

#include <vector>

#include "server/net/anteroom.hpp"

namespace sallyport::net {
namespace {

using Seats = std::vector<Anteroom::Answer>;

constexpr Anteroom::Caps caps{.start = 10, .rate = 30, .full = 100, .per_source = 5};
constexpr unsigned luckiest = 99;
constexpr unsigned unluckiest = 0;

/// `count` connections that sit, each from a source of its own.
Seats filled(Anteroom& room, int count) {
    Seats seats;
    for (int i = 0; i < count; ++i) {
        auto answer = room.enter("198.51.100." + std::to_string(i), caps, luckiest);
        EXPECT_TRUE(std::holds_alternative<Anteroom::Seat>(answer)) << i;
        seats.push_back(std::move(answer));
    }
    return seats;
}

bool is_dropped(Anteroom& room, unsigned chance) {
    return std::holds_alternative<Anteroom::Dropped>(room.enter("192.0.2.1", caps, chance));
}

TEST(Anteroom, NobodyIsTurnedAwayWhileFewAreIn) {
    Anteroom room;
    const auto seats = filled(room, 9);
    EXPECT_FALSE(is_dropped(room, unluckiest));
}

TEST(Anteroom, ThirtyOfAHundredAreTurnedAwayFromTheStart) {
    Anteroom room;
    const auto seats = filled(room, 10);
    EXPECT_TRUE(is_dropped(room, 29));
    EXPECT_FALSE(is_dropped(room, 30));
}

TEST(Anteroom, MoreAreTurnedAwayTheFullerItIs) {
    Anteroom room;
    const auto seats = filled(room, 55);
    EXPECT_TRUE(is_dropped(room, 64));
    EXPECT_FALSE(is_dropped(room, 65));
}

TEST(Anteroom, AllAreTurnedAwayWhenItIsFull) {
    Anteroom room;
    const auto seats = filled(room, 100);
    EXPECT_TRUE(is_dropped(room, luckiest));
}

TEST(Anteroom, StartEqualToFullIsACap) {
    Anteroom room;
    constexpr Anteroom::Caps cap{.start = 1, .rate = 30, .full = 1, .per_source = 5};
    const auto only = room.enter("192.0.2.1", cap, unluckiest);
    EXPECT_TRUE(std::holds_alternative<Anteroom::Seat>(only));
    EXPECT_TRUE(std::holds_alternative<Anteroom::Dropped>(room.enter("192.0.2.1", cap, luckiest)));
}

TEST(Anteroom, SourceWithAllItsSeatsWaits) {
    Anteroom room;
    Seats seats;
    for (int i = 0; i < 5; ++i) seats.push_back(room.enter("192.0.2.1", caps, unluckiest));
    EXPECT_TRUE(std::holds_alternative<Anteroom::Later>(room.enter("192.0.2.1", caps, unluckiest)));
    EXPECT_TRUE(std::holds_alternative<Anteroom::Seat>(room.enter("192.0.2.2", caps, unluckiest)));
    seats.pop_back();
    EXPECT_TRUE(std::holds_alternative<Anteroom::Seat>(room.enter("192.0.2.1", caps, unluckiest)));
}

TEST(Anteroom, WaitingTakesNoSeat) {
    Anteroom room;
    Seats seats;
    for (int i = 0; i < 50; ++i) seats.push_back(room.enter("192.0.2.1", caps, unluckiest));
    EXPECT_EQ(room.taken(), 5U);
    EXPECT_FALSE(is_dropped(room, unluckiest));
}

TEST(Anteroom, SeatsAreGivenBackOnce) {
    Anteroom room;
    {
        auto answer = room.enter("192.0.2.1", caps, unluckiest);
        const Anteroom::Seat moved(std::move(std::get<Anteroom::Seat>(answer)));
        answer = Anteroom::Later{};
        EXPECT_EQ(room.taken(), 1U);
    }
    EXPECT_EQ(room.taken(), 0U);
}

}  // namespace
}  // namespace sallyport::net
