#include "storage/utf8.hpp"

#include <gtest/gtest.h>

namespace sallyport::storage {
namespace {

TEST(Utf8, ScriptsOfTheWorldAreAcceptable) {
    for (const char* text :
         {"", "report.csv", "Grüße", "отчёт", "報告書", "\xF0\x9F\x93\x84", " a b ", "\xC2\xA0",
          "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        EXPECT_TRUE(is_acceptable_text(text)) << text;
    }
}

TEST(Utf8, MalformedBytesAreNot) {
    for (const char* text :
         {"\x80", "\xBF", "a\xC3", "\xC3(", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xE0\x9F\xBF",
          "\xF0\x80\x80\xAF", "\xF0\x8F\xBF\xBF", "\xE2\x82", "\xF0\x9F\x93", "\xED\xA0\x80",
          "\xED\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF",
          "\xF8\x88\x80\x80\x80"}) {
        EXPECT_FALSE(is_acceptable_text(text)) << testing::PrintToString(std::string(text));
    }
}

TEST(Utf8, NoControlIsAcceptable) {
    for (unsigned code = 0; code < 0x20; ++code) {
        EXPECT_FALSE(is_acceptable_text(std::string(1, static_cast<char>(code)))) << code;
    }
    EXPECT_FALSE(is_acceptable_text("\x7F"));
    for (unsigned code = 0x80; code <= 0x9F; ++code) {
        EXPECT_FALSE(is_acceptable_text(std::string("\xC2") + static_cast<char>(code))) << code;
    }
}

TEST(Utf8, NoBidirectionalControlIsAcceptable) {
    for (const char* text :
         {"\xD8\x9C", "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xAA", "\xE2\x80\xAE",
          "invoice\xE2\x80\xAE"
          "vsc.exe",
          "\xE2\x81\xA6", "\xE2\x81\xA9"}) {
        EXPECT_FALSE(is_acceptable_text(text)) << text;
    }
}

TEST(Utf8, ClippingSplitsNoCharacter) {
    EXPECT_EQ(clip_text("abc", 3), "abc");
    EXPECT_EQ(clip_text("abc", 2), "ab");
    EXPECT_EQ(clip_text("a\xC3\xBC", 2), "a");
    EXPECT_EQ(clip_text("\xF0\x9F\x93\x84x", 4), "\xF0\x9F\x93\x84");
    EXPECT_EQ(clip_text("\xF0\x9F\x93\x84x", 3), "");
}

}  // namespace
}  // namespace sallyport::storage
