#include "protocol/ftp/listing_format.hpp"

#include <gtest/gtest.h>

namespace sallyport::ftp {
namespace {

using namespace std::chrono;
using storage::Entry;
using storage::EntryType;
using storage::FileTime;

constexpr FileTime now = sys_days(year(2024) / 3 / 10) + 12h;

Entry file(FileTime modified, std::uint32_t mode = 0640) {
    return {.name = "a b.csv",
            .type = EntryType::file,
            .size = 1234,
            .modified = modified,
            .mode = mode,
            .id = "7-9",
            .partial = false};
}

Entry directory() {
    return {.name = "in",
            .type = EntryType::directory,
            .size = 0,
            .modified = sys_days(year(2024) / 3 / 5) + 9h + 7min,
            .mode = 0750,
            .id = "7-8",
            .partial = false};
}

std::string long_line(const Entry& entry) {
    return listing_line(entry, ListFormat::unix_long, now);
}

TEST(ListingFormat, RecentFileShowsItsTime) {
    EXPECT_EQ(long_line(file(sys_days(year(2024) / 3 / 5) + 9h + 7min + 59s)),
              "-rw-r----- 1 ftp ftp         1234 Mar  5 09:07 a b.csv");
}

TEST(ListingFormat, OldFileShowsItsYear) {
    EXPECT_EQ(long_line(file(sys_days(year(2019) / 12 / 31) + 23h + 59min)),
              "-rw-r----- 1 ftp ftp         1234 Dec 31  2019 a b.csv");
}

TEST(ListingFormat, DirectoryHasALetter) {
    EXPECT_EQ(long_line(directory()), "drwxr-x--- 1 ftp ftp            0 Mar  5 09:07 in");
}

TEST(ListingFormat, HalfAYearIsTheBorder) {
    const auto shows_time = [](FileTime time) {
        return long_line(file(time)).find(':') != std::string::npos;
    };
    EXPECT_TRUE(shows_time(now));
    EXPECT_TRUE(shows_time(now - days(180) + 1s));
    EXPECT_FALSE(shows_time(now - days(180)));
    EXPECT_TRUE(shows_time(now + days(1)));
    EXPECT_FALSE(shows_time(now + days(1) + 1s));
}

TEST(ListingFormat, EveryMonthHasItsName) {
    constexpr std::string_view names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (unsigned month_number = 1; month_number <= 12; ++month_number) {
        const sys_days day = year(2020) / month(month_number) / 9;
        const auto line = long_line(file(day));
        EXPECT_NE(line.find(std::string(names[month_number - 1]) + "  9  2020"), line.npos) << line;
    }
}

TEST(ListingFormat, PermissionLetters) {
    const std::pair<std::uint32_t, std::string_view> rows[] = {
        {0000, "----------"}, {0777, "-rwxrwxrwx"}, {0640, "-rw-r-----"},
        {0124, "---x-w-r--"}, {0421, "-r---w---x"}, {07644, "-rw-r--r--"},
    };
    for (const auto& [mode, letters] : rows) {
        EXPECT_EQ(long_line(file(now, mode)).substr(0, 10), letters) << std::oct << mode;
    }
}

TEST(ListingFormat, HugeSizesAreWhole) {
    auto entry = file(now);
    entry.size = UINT64_MAX;
    EXPECT_NE(long_line(entry).find(" 18446744073709551615 "), std::string::npos);
}

TEST(ListingFormat, TimesBefore1970AreRight) {
    EXPECT_NE(long_line(file(sys_days(year(1969) / 12 / 31) + 23h)).find("Dec 31  1969"),
              std::string::npos);
}

TEST(ListingFormat, NamesArePrefixed) {
    EXPECT_EQ(listing_line(file(now), ListFormat::names, now), "a b.csv");
    EXPECT_EQ(listing_line(file(now), ListFormat::names, now, "in/"), "in/a b.csv");
    EXPECT_EQ(listing_line(file(now), ListFormat::unix_long, now, "in/"), long_line(file(now)));
}

TEST(ListingFormat, FactsOfAFile) {
    const auto entry = file(sys_days(year(2024) / 3 / 5) + 9h + 7min + 1s + 999ms);
    EXPECT_EQ(facts_of(entry),
              "type=file;size=1234;modify=20240305090701;perm=adfrw;unique=7-9;UNIX.mode=0640;");
    EXPECT_EQ(listing_line(entry, ListFormat::facts, now), facts_of(entry) + " a b.csv");
}

TEST(ListingFormat, FactsOfADirectoryHaveNoSize) {
    EXPECT_EQ(facts_of(directory()),
              "type=dir;modify=20240305090700;perm=cdeflmp;unique=7-8;UNIX.mode=0750;");
}

}  // namespace
}  // namespace sallyport::ftp
