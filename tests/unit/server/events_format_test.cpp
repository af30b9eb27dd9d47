#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <limits>

#include "server/events/format.hpp"

namespace sallyport::events {
namespace {

using namespace std::chrono_literals;

constexpr Time moment = Time(std::chrono::sys_days(std::chrono::year(2026) / 11 / 23)) + 6h + 123ms;

TEST(JsonLine, HoldsTimeLevelEventAndFieldsInOrder) {
    const Fields fields{{"user", "acme"}, {"size", std::int64_t{12}}, {"resumed", true}};
    EXPECT_EQ(to_json(moment, Level::info, "file.received", fields),
              R"({"time":"2026-11-23T06:00:00.123Z","level":"info","event":"file.received",)"
              R"("user":"acme","size":12,"resumed":true})");
}

TEST(JsonLine, QuotesAndEscapesAreReversible) {
    const std::string hostile = "\"},\n{\"event\":\"auth.ok\\";
    const std::string line = to_json(moment, Level::error, "x", {{"path", hostile}});
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto parsed = boost::json::parse(line);
    EXPECT_EQ(parsed.at("event").as_string(), "x");
    EXPECT_EQ(parsed.at("path").as_string(), R"("},\x0a{"event":"auth.ok\\)");
}

TEST(JsonLine, NumbersThatJsonLacksAreNull) {
    const Fields fields{{"a", std::numeric_limits<double>::infinity()},
                        {"b", std::numeric_limits<double>::quiet_NaN()},
                        {"c", 0.25}};
    const auto parsed = boost::json::parse(to_json(moment, Level::debug, "x", fields));
    EXPECT_TRUE(parsed.at("a").is_null());
    EXPECT_TRUE(parsed.at("b").is_null());
    EXPECT_EQ(parsed.at("c").as_double(), 0.25);
}

TEST(TextLine, QuotesOnlyWhatNeedsIt) {
    const Fields fields{{"user", "acme"},  {"path", "/in/a b.csv"}, {"size", std::int64_t{12}},
                        {"reason", "a=b"}, {"text", "say \"hi\""},  {"empty", ""},
                        {"resumed", false}};
    EXPECT_EQ(to_text(moment, Level::info, "file.received", fields),
              "2026-11-23 06:00:00.123 info  file.received user=acme path=\"/in/a b.csv\" size=12 "
              "reason=\"a=b\" text=\"say \\\"hi\\\"\" empty=\"\" resumed=false");
}

TEST(TextLine, FractionsAreShort) {
    EXPECT_EQ(to_text(moment, Level::info, "x", {{"rate", 490.00792179473564}}),
              "2026-11-23 06:00:00.123 info  x rate=490.008");
}

TEST(TextLine, LevelsLineUp) {
    EXPECT_EQ(to_text(moment, Level::debug, "x", {}), "2026-11-23 06:00:00.123 debug x");
    EXPECT_EQ(to_text(moment, Level::warning, "x", {}), "2026-11-23 06:00:00.123 warn  x");
    EXPECT_EQ(to_text(moment, Level::error, "x", {}), "2026-11-23 06:00:00.123 error x");
}

TEST(TextLine, HostileValueStaysOnItsLine) {
    const std::string line =
        to_text(moment, Level::info, "x", {{"user", "a\n2026-11-23 auth.ok user=root"}});
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_NE(line.find(R"(user="a\x0a2026)"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::events
