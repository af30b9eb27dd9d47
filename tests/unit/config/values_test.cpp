#include "config/values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

namespace sallyport::config {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::HasSubstr;

template <class T>
std::optional<T> value_of(const Parsed<T>& parsed) {
    if (const auto* value = std::get_if<T>(&parsed)) return *value;
    return std::nullopt;
}

template <class T>
std::string mistake_of(const Parsed<T>& parsed) {
    if (const auto* mistake = std::get_if<Mistake>(&parsed)) return mistake->text;
    return "(no mistake)";
}

TEST(Size, UnitsOfBothKinds) {
    const std::vector<std::pair<std::string, std::uint64_t>> table{
        {"0B", 0},
        {"1B", 1},
        {"10KiB", 10240},
        {"3MiB", 3145728},
        {"1GiB", 1U << 30U},
        {"2TiB", 2199023255552},
        {"10KB", 10000},
        {"3MB", 3000000},
        {"1GB", 1000000000},
        {"2TB", 2000000000000},
        {"16777215TiB", 18446742974197923840ULL}};
    for (const auto& [text, bytes] : table) EXPECT_EQ(value_of(parse_size(text)), bytes) << text;
}

TEST(Size, EverythingElseIsRefused) {
    for (const std::string& text :
         {""s, "MiB"s, "-1MiB"s, "+1MiB"s, "1.5MiB"s, "1 MiB"s, " 1MiB"s, "1MiB "s, "1mib"s, "1M"s,
          "0x10MiB"s, "16777216TiB"s, "99999999999999999999B"s, "1MiB\0"s}) {
        EXPECT_FALSE(value_of(parse_size(text))) << text;
    }
}

TEST(Size, MistakesSayWhatIsAllowed) {
    EXPECT_EQ(value_of(parse_rate("20MiB/s")), 20U << 20);
    EXPECT_EQ(mistake_of(parse_rate("20MiB")),
              "\"20MiB\" is not a rate; write a size a second such as \"20MiB/s\"");
    EXPECT_EQ(mistake_of(parse_size("10")), "a size needs a unit such as \"10MiB\"");
    EXPECT_EQ(mistake_of(parse_size("10M")),
              "\"M\" is not a unit of a size; allowed are: B, KiB, MiB, GiB, TiB, KB, MB, GB, TB");
    EXPECT_EQ(mistake_of(parse_size("much")),
              "\"much\" is not a size; write a whole number and a unit, such as \"10MiB\"");
    EXPECT_EQ(mistake_of(parse_size("99999999TiB")), "\"99999999TiB\" is too large a size");
}

TEST(DurationText, EachUnit) {
    const std::vector<std::pair<std::string, Duration>> table{
        {"0s", 0s}, {"250ms", 250ms}, {"30s", 30s}, {"5m", 5min}, {"12h", 12h}, {"2d", 48h}};
    for (const auto& [text, duration] : table) {
        EXPECT_EQ(value_of(parse_duration(text)), duration) << text;
        EXPECT_EQ(str(duration), text);
    }
}

TEST(DurationText, EverythingElseIsRefused) {
    for (const std::string text : {"", "s", "-1s", "1.5h", "1 s", "1S", "1min", "1h30m", "1w",
                                   "99999999d", "9999999999999999999999ms"}) {
        EXPECT_FALSE(value_of(parse_duration(text))) << text;
    }
    EXPECT_EQ(mistake_of(parse_duration("30")), "a duration needs a unit such as \"30s\"");
}

TEST(EndpointText, AddressesAreMadeCanonical) {
    const std::vector<std::pair<std::string, Endpoint>> table{
        {"0.0.0.0:21", {"0.0.0.0", 21}},
        {"127.0.0.1:0", {"127.0.0.1", 0}},
        {"[::]:65535", {"::", 65535}},
        {"[2001:DB8:0::1]:990", {"2001:db8::1", 990}}};
    for (const auto& [text, endpoint] : table) {
        EXPECT_EQ(value_of(parse_endpoint(text)), endpoint) << text;
    }
}

TEST(EndpointText, EverythingElseIsRefused) {
    for (const std::string& text : {""s,
                                    ":21"s,
                                    "21"s,
                                    "127.0.0.1"s,
                                    "127.0.0.1:"s,
                                    "127.0.0.1:65536"s,
                                    "127.0.0.1:-1"s,
                                    "127.0.0.1:+1"s,
                                    "127.0.0.1:ftp"s,
                                    "127.0.0.1 :21"s,
                                    "127.1:21"s,
                                    "localhost:21"s,
                                    "files.example.com:21"s,
                                    ":::21"s,
                                    "::1:21"s,
                                    "[::1]"s,
                                    "[]:21"s,
                                    "[127.0.0.1]:21"s,
                                    "[fe80::1%eth0]:21"s,
                                    "127.0.0.1\0:21"s}) {
        EXPECT_THAT(mistake_of(parse_endpoint(text)), HasSubstr("names are not looked up")) << text;
    }
}

TEST(Ipv4Text, OnlyDottedQuads) {
    EXPECT_EQ(value_of(parse_ipv4("203.0.113.7")), "203.0.113.7");
    for (const std::string text : {"", "203.0.113", "203.0.113.256", "::1", "example.com", "1"}) {
        EXPECT_FALSE(value_of(parse_ipv4(text))) << text;
    }
}

TEST(PublicAddressText, ComesFromTheEnvironmentWhenItSaysSo) {
    ::setenv("SALLYPORT_TEST_ADDRESS", "203.0.113.7", 1);
    EXPECT_EQ(value_of(parse_public_address("env:SALLYPORT_TEST_ADDRESS")), "203.0.113.7");
    ::setenv("SALLYPORT_TEST_ADDRESS", "files.example.com", 1);
    EXPECT_FALSE(value_of(parse_public_address("env:SALLYPORT_TEST_ADDRESS")));
    ::setenv("SALLYPORT_TEST_ADDRESS", "", 1);
    EXPECT_EQ(value_of(parse_public_address("env:SALLYPORT_TEST_ADDRESS")), "");
    ::unsetenv("SALLYPORT_TEST_ADDRESS");
    EXPECT_EQ(value_of(parse_public_address("env:SALLYPORT_TEST_ADDRESS")), "");
    EXPECT_EQ(value_of(parse_public_address("203.0.113.8")), "203.0.113.8");
    EXPECT_FALSE(value_of(parse_public_address("example.com")));
}

TEST(PortRangeText, BothEndsAreIncluded) {
    EXPECT_EQ(value_of(parse_port_range("50000-50999")), (PortRange{50000, 50999}));
    EXPECT_EQ(value_of(parse_port_range("1-65535")), (PortRange{1, 65535}));
    EXPECT_EQ(value_of(parse_port_range("5000-5000")), (PortRange{5000, 5000}));
}

TEST(PortRangeText, EverythingElseIsRefused) {
    for (const std::string text : {"", "-", "50000", "50000-", "-50000", "0-10", "50000-65536",
                                   "50000 - 50999", "a-b", "1-2-3"}) {
        EXPECT_FALSE(value_of(parse_port_range(text))) << text;
    }
    EXPECT_EQ(mistake_of(parse_port_range("50999-50000")),
              "\"50999-50000\" ends before it begins; write the lower port first");
}

TEST(DateText, IsADayOfTheCalendar) {
    using namespace std::chrono_literals;
    EXPECT_EQ(value_of(parse_date("2027-06-30")), std::chrono::sys_days(2027y / 6 / 30));
    EXPECT_EQ(value_of(parse_date("2028-02-29")), std::chrono::sys_days(2028y / 2 / 29));
    for (const auto* text :
         {"", "2027", "2027-06", "2027-06-31", "2027-02-29", "2027-13-01", "2027-00-01",
          "2027-6-30", "27-06-30", "2027/06/30", "2027-06-30T00:00", "+027-06-30", " 2027-06-30"}) {
        EXPECT_FALSE(value_of(parse_date(text))) << text;
    }
}

TEST(EarlyDropText, IsStartPercentAndFull) {
    EXPECT_EQ(value_of(parse_early_drop("10:30:100")), (EarlyDrop{10, 30, 100}));
    EXPECT_EQ(value_of(parse_early_drop("50:100:50")), (EarlyDrop{50, 100, 50}));
    for (const auto* text : {"", "10", "10:30", "10:30:100:1", ":30:100", "10::100",
                             "10:30:", "0:30:100", "10:0:100", "10:101:100", "10:30:9",
                             "10:30:1000001", "a:b:c", "10:30%:100", " 10:30:100", "-1:30:9"}) {
        EXPECT_FALSE(value_of(parse_early_drop(text))) << text;
    }
}

TEST(ModeText, OctalPermissionBitsOnly) {
    EXPECT_EQ(value_of(parse_mode("0640")), 0640U);
    EXPECT_EQ(value_of(parse_mode("750")), 0750U);
    EXPECT_EQ(value_of(parse_mode("0777")), 0777U);
    for (const std::string text :
         {"", "0", "64", "0648", "4755", "1777", "00640", "-640", "0o640", "u=rw", "rw-r-----"}) {
        EXPECT_FALSE(value_of(parse_mode(text))) << text;
    }
}

TEST(HomeText, FoldersBelowTheRoot) {
    for (const std::string text : {".", "acme", "partners/acme", "with space", ".hidden", "a..b"}) {
        EXPECT_EQ(value_of(parse_home(text)), text);
    }
}

TEST(HomeText, EverythingElseIsRefused) {
    for (const std::string& text :
         {""s, "./"s, ".."s, "../x"s, "a/../b"s, "a/.."s, "./a"s, "a//b"s, "a/"s, "/srv"s,
          ".sallyport"s, "a/.sallyport"s, "a\0b"s, "a\nb"s, "\xff"s, std::string(256, 'x')}) {
        EXPECT_FALSE(value_of(parse_home(text))) << text;
    }
}

}  // namespace
}  // namespace sallyport::config
