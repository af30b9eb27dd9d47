#include <gtest/gtest.h>

#include <string>

#include "server/events/escape.hpp"

namespace sallyport::events {
namespace {

struct Case {
    const char* name;
    std::string bytes;
    std::string shown;
};

class EscapeTable : public testing::TestWithParam<Case> {};

TEST_P(EscapeTable, ShowsHarmlessText) {
    EXPECT_EQ(escape(GetParam().bytes), GetParam().shown);
}

using namespace std::string_literals;

const Case cases[] = {
    {"PlainTextIsKept", "report 7.csv", "report 7.csv"},
    {"EmptyIsEmpty", "", ""},
    {"WellFormedUtf8IsKept", "Zürich-€-😀", "Zürich-€-😀"},
    {"LineBreaks", "a\r\nevent=forged", R"(a\x0d\x0aevent=forged)"},
    {"Nul", "a\0b"s, R"(a\x00b)"},
    {"Tab", "a\tb", R"(a\x09b)"},
    {"Delete", "a\x7f", R"(a\x7f)"},
    {"AnsiSequence", "\x1b[2J\x1b]0;title\x07", R"(\x1b[2J\x1b]0;title\x07)"},
    {"C1AsUtf8", "\xC2\x9B", R"(\xc2\x9b)"},
    {"LastC1", "\xC2\x9F", R"(\xc2\x9f)"},
    {"FirstAfterC1IsKept", "\xC2\xA0", "\xC2\xA0"},
    {"RawC1Byte", "\x9B", R"(\x9b)"},
    {"RightToLeftOverride", "txt\u202Egpj.exe", R"(txt\xe2\x80\xaegpj.exe)"},
    {"Isolate", "\u2066a\u2069", R"(\xe2\x81\xa6a\xe2\x81\xa9)"},
    {"DirectionMark", "\u200F", R"(\xe2\x80\x8f)"},
    {"ArabicLetterMark", "\u061C", R"(\xd8\x9c)"},
    {"LineSeparator", "\u2028\u2029", R"(\xe2\x80\xa8\xe2\x80\xa9)"},
    {"Backslash", R"(a\x0d)", R"(a\\x0d)"},
    {"LatinOne", "caf\xE9!", R"(caf\xe9!)"},
    {"LoneContinuation", "\x80x", R"(\x80x)"},
    {"TruncatedSequence", "\xE2\x82", R"(\xe2\x82)"},
    {"BrokenSequenceKeepsWhatFollows", "\xE2\x82z", R"(\xe2\x82z)"},
    {"OverlongSlash", "\xC0\xAF", R"(\xc0\xaf)"},
    {"OverlongThreeBytes", "\xE0\x80\xAF", R"(\xe0\x80\xaf)"},
    {"Surrogate", "\xED\xA0\x80", R"(\xed\xa0\x80)"},
    {"BeyondUnicode", "\xF4\x90\x80\x80", R"(\xf4\x90\x80\x80)"},
    {"NeverALead", "\xFE\xFF", R"(\xfe\xff)"},
};

INSTANTIATE_TEST_SUITE_P(Bytes, EscapeTable, testing::ValuesIn(cases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Escape, LongestFieldIsKeptWhole) {
    const std::string longest(max_field_bytes, 'a');
    EXPECT_EQ(escape(longest), longest);
}

TEST(Escape, LongerTextIsCut) {
    std::string shown(max_field_bytes, 'a');
    shown.append("...");
    EXPECT_EQ(escape(std::string(max_field_bytes + 1, 'a')), shown);
}

TEST(Escape, CutFallsBetweenCharacters) {
    const std::string start(max_field_bytes - 1, 'a');
    EXPECT_EQ(escape(start + "€€"), start + "...");
}

TEST(Escape, EveryByteGivesPrintableAsciiWhenItStandsAlone) {
    for (int byte = 0; byte < 256; ++byte) {
        for (const char shown : escape(std::string(1, static_cast<char>(byte)))) {
            EXPECT_TRUE(shown >= 0x20 && shown < 0x7F) << "byte " << byte;
        }
    }
}

}  // namespace
}  // namespace sallyport::events
