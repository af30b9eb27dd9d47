#include "auth/weekly_hours.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace sallyport::auth {
namespace {

using namespace std::chrono_literals;

/// The process believes to be in this time zone while this lives.
class InTimeZone {
  public:
    explicit InTimeZone(const char* zone) {
        ::setenv("TZ", zone, 1);
        ::tzset();
    }
    InTimeZone(const InTimeZone&) = delete;
    InTimeZone& operator=(const InTimeZone&) = delete;
    ~InTimeZone() {
        ::unsetenv("TZ");
        ::tzset();
    }
};

/// Summer time from the last Sunday of March to that of October, as in Berlin.
constexpr const char* berlin = "CET-1CEST,M3.5.0,M10.5.0/3";

bool contains(std::string_view hours, std::chrono::weekday day, std::chrono::minutes minute) {
    return WeeklyHours::parse(hours).value().contains(day, minute);
}

TEST(WeeklyHours, EndIsNotIncluded) {
    EXPECT_FALSE(contains("Mon-Fri 06:00-20:00", std::chrono::Monday, 5h + 59min));
    EXPECT_TRUE(contains("Mon-Fri 06:00-20:00", std::chrono::Monday, 6h));
    EXPECT_TRUE(contains("Mon-Fri 06:00-20:00", std::chrono::Friday, 19h + 59min));
    EXPECT_FALSE(contains("Mon-Fri 06:00-20:00", std::chrono::Friday, 20h));
    EXPECT_FALSE(contains("Mon-Fri 06:00-20:00", std::chrono::Saturday, 12h));
}

TEST(WeeklyHours, WithoutDaysEveryDayIsMeant) {
    for (unsigned day = 0; day < 7; ++day) {
        EXPECT_TRUE(contains("06:30-07:00", std::chrono::weekday(day), 6h + 30min));
        EXPECT_FALSE(contains("06:30-07:00", std::chrono::weekday(day), 7h));
    }
}

TEST(WeeklyHours, WholeDayIsWritten0000To2400) {
    EXPECT_TRUE(contains("Sun 00:00-24:00", std::chrono::Sunday, 0h));
    EXPECT_TRUE(contains("Sun 00:00-24:00", std::chrono::Sunday, 23h + 59min));
    EXPECT_FALSE(contains("Sun 00:00-24:00", std::chrono::Monday, 0h));
}

TEST(WeeklyHours, SpanOverMidnightEndsOnTheNextDay) {
    EXPECT_TRUE(contains("Fri 22:00-06:00", std::chrono::Friday, 23h));
    EXPECT_TRUE(contains("Fri 22:00-06:00", std::chrono::Saturday, 5h + 59min));
    EXPECT_FALSE(contains("Fri 22:00-06:00", std::chrono::Saturday, 6h));
    EXPECT_FALSE(contains("Fri 22:00-06:00", std::chrono::Friday, 5h));
    EXPECT_TRUE(contains("Sun 22:00-06:00", std::chrono::Monday, 1h));
}

TEST(WeeklyHours, DaysAreListedAndRunOverTheEndOfTheWeek) {
    for (const auto day : {std::chrono::Saturday, std::chrono::Sunday, std::chrono::Monday}) {
        EXPECT_TRUE(contains("Sat-Mon 08:00-09:00", day, 8h));
    }
    EXPECT_FALSE(contains("Sat-Mon 08:00-09:00", std::chrono::Tuesday, 8h));
    EXPECT_TRUE(contains("Mon,Wed-Thu 08:00-09:00", std::chrono::Thursday, 8h));
    EXPECT_FALSE(contains("Mon,Wed-Thu 08:00-09:00", std::chrono::Tuesday, 8h));
}

TEST(WeeklyHours, SeveralSpansAddUp) {
    auto hours = WeeklyHours::parse("Mon 08:00-12:00").value();
    hours |= WeeklyHours::parse("Mon 13:00-17:00").value();
    EXPECT_TRUE(hours.contains(std::chrono::Monday, 8h));
    EXPECT_FALSE(hours.contains(std::chrono::Monday, 12h));
    EXPECT_TRUE(hours.contains(std::chrono::Monday, 13h));
}

TEST(WeeklyHours, WhatIsNoHoursIsRefused) {
    for (const char* text :
         {"", "always", "Mon-Fri", "Mon-Fri 6:00-20:00", "Monday 06:00-20:00", "mon 06:00-20:00",
          "Mon 06:00", "Mon 06:00-", "Mon 06:00-24:01", "Mon 06:60-07:00", "Mon 06:00-20:00-21:00",
          "Mon  06:00-20:00", " 06:00-20:00", "Mon, 06:00-20:00", ",Mon 06:00-20:00",
          "Mon- 06:00-20:00", "Mon 06:00 - 20:00", "Mon 06:00-20:00 ", "Mon-Fri-Sun 06:00-20:00"}) {
        EXPECT_FALSE(WeeklyHours::parse(text)) << text;
    }
}

TEST(WeeklyHours, SpanWithoutAMinuteIsRefused) {
    for (const char* text : {"06:00-06:00", "Mon 00:00-00:00", "24:00-00:00", "24:00-24:00"}) {
        const auto hours = WeeklyHours::parse(text);
        ASSERT_FALSE(hours) << text;
        EXPECT_NE(hours.error().sentence.find("00:00-24:00"), std::string::npos) << text;
    }
}

TEST(WeeklyHours, TheClockOnTheWallCounts) {
    const InTimeZone here(berlin);
    const auto hours = WeeklyHours::parse("06:00-20:00").value();
    const auto winter = std::chrono::sys_days(2027y / 1 / 15);
    EXPECT_FALSE(hours.contains(winter + 4h + 59min));
    EXPECT_TRUE(hours.contains(winter + 5h));
    const auto summer = std::chrono::sys_days(2027y / 7 / 15);
    EXPECT_FALSE(hours.contains(summer + 3h + 59min));
    EXPECT_TRUE(hours.contains(summer + 4h));
}

TEST(WeeklyHours, AnHourThatTheClockRepeatsComesTwice) {
    const InTimeZone here(berlin);
    const auto hours = WeeklyHours::parse("02:00-03:00").value();
    const auto autumn = std::chrono::sys_days(2027y / 10 / 31);
    EXPECT_FALSE(hours.contains(autumn - 1min));
    EXPECT_TRUE(hours.contains(autumn + 0min));
    EXPECT_TRUE(hours.contains(autumn + 119min));
    EXPECT_FALSE(hours.contains(autumn + 120min));
}

TEST(WeeklyHours, AnHourThatTheClockSkipsDoesNotCome) {
    const InTimeZone here(berlin);
    const auto hours = WeeklyHours::parse("02:00-03:00").value();
    const auto spring = std::chrono::sys_days(2027y / 3 / 28);
    for (auto minute = 0min; minute < 180min; ++minute)
        EXPECT_FALSE(hours.contains(spring + minute));
}

}  // namespace
}  // namespace sallyport::auth
