#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "server/net/admission.hpp"
#include "tests/support/loopback.hpp"

namespace sallyport::net {
namespace {

using test::address;
using Places = std::vector<std::optional<Admission::Place>>;

constexpr Admission::Caps caps{.total = 5, .per_source = 2};

TEST(Admission, SourceHasItsCap) {
    Admission admission;
    const auto one = admission.enter(address("192.0.2.1"), caps);
    const auto two = admission.enter(address("192.0.2.1"), caps);
    EXPECT_TRUE(one && two);
    EXPECT_FALSE(admission.enter(address("192.0.2.1"), caps));
    EXPECT_TRUE(admission.enter(address("192.0.2.2"), caps));
}

TEST(Admission, AllSourcesTogetherHaveACap) {
    Admission admission;
    Places places;
    for (const auto* peer : {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"}) {
        EXPECT_TRUE(places.emplace_back(admission.enter(address(peer), caps))) << peer;
    }
    EXPECT_FALSE(admission.enter(address("192.0.2.6"), caps));
    EXPECT_EQ(admission.taken(), 5U);
}

TEST(Admission, PlacesAreReleased) {
    Admission admission;
    constexpr Admission::Caps one{.total = 1, .per_source = 1};
    for (int i = 0; i < 100; ++i) {
        const auto place = admission.enter(address("192.0.2.1"), one);
        EXPECT_TRUE(place);
        EXPECT_FALSE(admission.enter(address("192.0.2.2"), one));
    }
}

TEST(Admission, RefusalTakesNoPlace) {
    Admission admission;
    constexpr Admission::Caps one{.total = 2, .per_source = 1};
    const auto first = admission.enter(address("192.0.2.1"), one);
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(admission.enter(address("192.0.2.1"), one));
    EXPECT_TRUE(admission.enter(address("192.0.2.2"), one));
}

TEST(Admission, MovedPlaceIsReleasedOnce) {
    Admission admission;
    constexpr Admission::Caps two{.total = 2, .per_source = 2};
    const auto other = admission.enter(address("192.0.2.1"), two);
    {
        auto place = admission.enter(address("192.0.2.1"), two);
        ASSERT_TRUE(place);
        const Admission::Place moved(std::move(*place));
        place.reset();
        EXPECT_FALSE(admission.enter(address("192.0.2.1"), two));
    }
    const auto again = admission.enter(address("192.0.2.1"), two);
    EXPECT_TRUE(again);
    EXPECT_FALSE(admission.enter(address("192.0.2.1"), two));
}

TEST(Admission, Ipv6SourceIsAWholeSubnet) {
    Admission admission;
    const auto one = admission.enter(address("2001:db8:1:2::1"), caps);
    const auto two = admission.enter(address("2001:db8:1:2:ffff:ffff:ffff:ffff"), caps);
    EXPECT_TRUE(one && two);
    EXPECT_FALSE(admission.enter(address("2001:db8:1:2:8000::"), caps));
    EXPECT_TRUE(admission.enter(address("2001:db8:1:3::1"), caps));
}

TEST(Admission, MappedAddressIsItsIpv4Source) {
    Admission admission;
    const auto one = admission.enter(address("192.0.2.1"), caps);
    const auto two = admission.enter(address("::ffff:192.0.2.1"), caps);
    EXPECT_TRUE(one && two);
    EXPECT_FALSE(admission.enter(address("192.0.2.1"), caps));
    EXPECT_FALSE(admission.enter(address("::ffff:192.0.2.1"), caps));
    EXPECT_TRUE(admission.enter(address("::ffff:192.0.2.2"), caps));
}

TEST(Admission, CapOfZeroAdmitsNobody) {
    Admission admission;
    EXPECT_FALSE(admission.enter(address("192.0.2.1"), {.total = 0, .per_source = 1}));
}

TEST(Admission, LowerCapsCountThoseWhoAreIn) {
    Admission admission;
    const auto one = admission.enter(address("192.0.2.1"), caps);
    EXPECT_FALSE(admission.enter(address("192.0.2.2"), {.total = 1, .per_source = 1}));
}

TEST(Admission, CountsRightWithSeveralThreads) {
    Admission admission;
    constexpr Admission::Caps wide{.total = 1000, .per_source = 1000};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 2000; ++n) {
                EXPECT_TRUE(admission.enter(address("192.0.2.1"), wide));
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(admission.taken(), 0U);
}

TEST(Source, IsAnIpv4AddressOrAnIpv6Subnet) {
    EXPECT_EQ(source_of(address("192.0.2.1")), "192.0.2.1");
    EXPECT_EQ(source_of(address("::ffff:192.0.2.1")), "192.0.2.1");
    EXPECT_EQ(source_of(address("2001:db8:1:2::1")), "2001:db8:1:2::/64");
    EXPECT_EQ(source_of(address("2001:db8:1:2:ffff:ffff:ffff:ffff")), "2001:db8:1:2::/64");
    EXPECT_EQ(source_of(address("2001:db8:1:3::1")), "2001:db8:1:3::/64");
    EXPECT_EQ(source_of(address("::1")), "::/64");
}

TEST(Canonical, OnlyMappedAddressesChange) {
    EXPECT_EQ(canonical(address("::ffff:192.0.2.1")), address("192.0.2.1"));
    for (const auto* same : {"192.0.2.1", "::1", "::192.0.2.1", "2001:db8::1", "::"}) {
        EXPECT_EQ(canonical(address(same)), address(same));
    }
}

}  // namespace
}  // namespace sallyport::net
