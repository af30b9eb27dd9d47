#include "protocol/ftp/time_value.hpp"

#include <gtest/gtest.h>

namespace sallyport::ftp {
namespace {

using namespace std::chrono;
using storage::FileTime;

TEST(TimeValue, RoundTrip) {
    const std::pair<std::string_view, FileTime> rows[] = {
        {"19700101000000", FileTime()},
        {"19700101000001", FileTime(1s)},
        {"19691231235959", FileTime(-1s)},
        {"19000101000000", sys_days(year(1900) / 1 / 1)},
        {"20000229000000", sys_days(year(2000) / 2 / 29)},
        {"20240229235959", sys_days(year(2024) / 2 / 29) + 23h + 59min + 59s},
        {"20380119031408", FileTime(seconds(0x80000000))},
        {"22611231235959", sys_days(year(2261) / 12 / 31) + 23h + 59min + 59s},
    };
    for (const auto& [text, time] : rows) {
        EXPECT_EQ(format_time(time), text);
        EXPECT_EQ(parse_time(text), time) << text;
    }
}

TEST(TimeValue, FractionsAreDropped) {
    EXPECT_EQ(parse_time("20240229120000.999"), parse_time("20240229120000"));
    EXPECT_EQ(format_time(FileTime(1999ms)), "19700101000001");
    EXPECT_EQ(format_time(FileTime(-1ms)), "19691231235959");
}

TEST(TimeValue, LeapSecondIsTheNextMinute) {
    EXPECT_EQ(parse_time("20161231235960"), parse_time("20170101000000"));
}

TEST(TimeValue, ImpossibleDatesAreRefused) {
    for (const auto* text :
         {"20240230000000", "20230229000000", "19000229000000", "20240431000000", "20241301000000",
          "20240001000000", "20240100000000", "20240132000000", "20240101240000", "20240101006000",
          "20240101000061", "18991231235959", "00000101000000"}) {
        EXPECT_EQ(parse_time(text), std::nullopt) << text;
    }
}

TEST(TimeValue, YearsThatAFileTimeCannotHoldAreRefused) {
    for (const auto* text : {"22620412000000", "22630101000000", "99991231235959"}) {
        EXPECT_EQ(parse_time(text), std::nullopt) << text;
    }
}

TEST(TimeValue, OtherTextIsRefused) {
    for (const auto* text :
         {"", "2024", "2024022912000", "202402291200000", "20240229120000.", "20240229120000.x",
          "20240229120000.1.2", "2024-02-29 1200", "+2024022912000", " 20240229120000",
          "20240229120000 ", "2024022912000x", "-0240229120000"}) {
        EXPECT_EQ(parse_time(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace sallyport::ftp
