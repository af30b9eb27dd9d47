#include "auth/address_prefix.hpp"

#include <gtest/gtest.h>

namespace sallyport::auth {
namespace {

bool contains(std::string_view prefix, const std::string& address) {
    return AddressPrefix::parse(prefix).value().contains(address);
}

TEST(AddressPrefix, ContainsWhatSharesItsFirstBits) {
    EXPECT_TRUE(contains("198.51.100.0/24", "198.51.100.0"));
    EXPECT_TRUE(contains("198.51.100.0/24", "198.51.100.255"));
    EXPECT_FALSE(contains("198.51.100.0/24", "198.51.101.0"));
    EXPECT_TRUE(contains("198.51.100.128/25", "198.51.100.128"));
    EXPECT_FALSE(contains("198.51.100.128/25", "198.51.100.127"));
    EXPECT_TRUE(contains("2001:db8::/32", "2001:db8:ffff::1"));
    EXPECT_FALSE(contains("2001:db8::/32", "2001:db9::1"));
}

TEST(AddressPrefix, WithoutLengthIsOneAddress) {
    EXPECT_TRUE(contains("192.0.2.1", "192.0.2.1"));
    EXPECT_FALSE(contains("192.0.2.1", "192.0.2.2"));
    EXPECT_TRUE(contains("2001:db8::1", "2001:db8:0::1"));
    EXPECT_FALSE(contains("2001:db8::1", "2001:db8::2"));
}

TEST(AddressPrefix, EverythingOfOneFamilyIsNotTheOther) {
    EXPECT_TRUE(contains("0.0.0.0/0", "255.255.255.255"));
    EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
    EXPECT_FALSE(contains("0.0.0.0/0", "::1"));
    EXPECT_TRUE(contains("::/0", "2001:db8::1"));
    EXPECT_FALSE(contains("::/0", "192.0.2.1"));
}

TEST(AddressPrefix, MappedAddressIsTheIpv4One) {
    EXPECT_TRUE(contains("192.0.2.0/24", "::ffff:192.0.2.1"));
}

TEST(AddressPrefix, ZoneOfAnAddressIsIgnored) {
    EXPECT_TRUE(contains("fe80::/10", "fe80::1%eth0"));
}

TEST(AddressPrefix, WhatIsNoAddressIsNeverContained) {
    for (const std::string address : {"", "localhost", "192.0.2", "192.0.2.1 ", "1", "[::1]"}) {
        EXPECT_FALSE(contains("0.0.0.0/0", address)) << address;
        EXPECT_FALSE(contains("::/0", address)) << address;
    }
}

TEST(AddressPrefix, WhatIsNoPrefixIsRefused) {
    using namespace std::string_literals;
    for (const std::string& text :
         {""s, "/"s, "/24"s, "localhost"s, "10.0.0.0/"s, "10.0.0.0/33"s, "10.0.0.0/-1"s,
          "10.0.0.0/8/8"s, "10.0.0.0/ 8"s, "::/129"s, "10/8"s, "10.0.0.0/8x"s, "10.0.0.0\0/8"s}) {
        EXPECT_FALSE(AddressPrefix::parse(text)) << text;
    }
}

TEST(AddressPrefix, BitsBehindTheLengthAreAMistakeThatNamesTheRange) {
    const auto v4 = AddressPrefix::parse("10.1.2.3/8");
    ASSERT_FALSE(v4);
    EXPECT_NE(v4.error().sentence.find("\"10.0.0.0/8\""), std::string::npos);
    const auto v6 = AddressPrefix::parse("2001:db8::1/32");
    ASSERT_FALSE(v6);
    EXPECT_NE(v6.error().sentence.find("\"2001:db8::/32\""), std::string::npos);
}

}  // namespace
}  // namespace sallyport::auth
