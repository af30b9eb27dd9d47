#include "protocol/ftp/arguments.hpp"

#include <gtest/gtest.h>

namespace sallyport::ftp {
namespace {

TEST(ParseNumber, DigitsOnly) {
    EXPECT_EQ(parse_number("0"), 0U);
    EXPECT_EQ(parse_number("0010"), 10U);
    EXPECT_EQ(parse_number("18446744073709551615"), UINT64_MAX);
    for (const auto* text : {"", " ", "-1", "+1", " 1", "1 ", "1.0", "0x1", "1e3", "x",
                             "18446744073709551616", "99999999999999999999"}) {
        EXPECT_EQ(parse_number(text), std::nullopt) << text;
    }
}

TEST(ParseMode, OneToFourOctalDigits) {
    EXPECT_EQ(parse_mode("0"), 0U);
    EXPECT_EQ(parse_mode("640"), 0640U);
    EXPECT_EQ(parse_mode("0640"), 0640U);
    EXPECT_EQ(parse_mode("7777"), 07777U);
    for (const auto* text : {"", "8", "648", "00640", "-1", "u+x", " 64", "0x1"}) {
        EXPECT_EQ(parse_mode(text), std::nullopt) << text;
    }
}

TEST(SplitWord, AtTheFirstSpace) {
    struct Row {
        std::string_view text, first, rest;
    };
    const Row rows[] = {
        {"", "", ""},    {"a", "a", ""},  {"a b", "a", "b"},   {"a b c", "a", "b c"},
        {"a ", "a", ""}, {" a", "", "a"}, {"a  b", "a", " b"},
    };
    for (const auto& row : rows) {
        const auto words = split_word(row.text);
        EXPECT_EQ(words.first, row.first) << row.text;
        EXPECT_EQ(words.rest, row.rest) << row.text;
    }
}

TEST(EqualIgnoringCase, ComparesWholeWords) {
    EXPECT_TRUE(equal_ignoring_case("", ""));
    EXPECT_TRUE(equal_ignoring_case("TLS-c", "tls-C"));
    EXPECT_FALSE(equal_ignoring_case("TLS", "TLSX"));
    EXPECT_FALSE(equal_ignoring_case("TLS", "TL"));
    EXPECT_FALSE(equal_ignoring_case("a", ""));
    EXPECT_FALSE(equal_ignoring_case("\xc3\xa9", "\xc3\x89"));
}

Async<Reply> echo_path(storage::Volume&, storage::VirtualPath path) {
    co_return reply(200, path.str());
}

TEST(OnPath, NeedsAPathThatCanBe) {
    const SessionState state;
    const auto code = [&](std::string_view argument) {
        const auto outcome = on_path(state, argument, echo_path);
        const auto* refusal = std::get_if<Reply>(&outcome);
        return refusal == nullptr ? 0 : refusal->code;
    };
    EXPECT_EQ(code(""), 501);
    EXPECT_EQ(code("\xff"), 553);
    EXPECT_EQ(code("a"), 0);
}

}  // namespace
}  // namespace sallyport::ftp
