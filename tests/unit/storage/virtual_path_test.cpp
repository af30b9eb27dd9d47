#include "storage/virtual_path.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::storage {
namespace {

std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

VirtualPath path(std::string_view text) {
    return VirtualPath::parse(text).value();
}

struct Resolved {
    std::string_view sent;
    std::string_view base;
    std::string_view canonical;
};

TEST(VirtualPath, NothingLeadsOutOfTheRoot) {
    const Resolved cases[] = {
        {"/", "/in", "/"},
        {"", "/in", "/in"},
        {"x", "/", "/x"},
        {"x", "/in", "/in/x"},
        {"/x", "/in", "/x"},
        {"../x", "/", "/x"},
        {"../x", "/in", "/x"},
        {"../../../x", "/in/deep", "/x"},
        {"/../../etc/passwd", "/", "/etc/passwd"},
        {"a/../../x", "/in", "/x"},
        {"a/../../x", "/", "/x"},
        {"./", "/in", "/in"},
        {"./x/.", "/in", "/in/x"},
        {"//", "/in", "/"},
        {"a//b", "/", "/a/b"},
        {"///a///", "/", "/a"},
        {"a/", "/", "/a"},
        {"..", "/", "/"},
        {"/..", "/", "/"},
        {"a/b/..", "/", "/a"},
        {"a/..", "/", "/"},
    };
    for (const Resolved& one : cases) {
        const auto result = VirtualPath::parse(one.sent, path(one.base));
        ASSERT_TRUE(result) << one.sent;
        EXPECT_EQ(result->str(), one.canonical) << one.sent << " in " << one.base;
    }
}

TEST(VirtualPath, LooksLikeAnEscapeButIsAName) {
    EXPECT_EQ(path("..\\x").str(), "/..\\x");
    EXPECT_EQ(path("%2e%2e/x").str(), "/%2e%2e/x");
    EXPECT_EQ(path(".../x").str(), "/.../x");
    EXPECT_EQ(path("..x").str(), "/..x");
}

TEST(VirtualPath, OddNamesStayWhatTheyAre) {
    for (const char* name :
         {"-rf", " ", " a ", "con", "a.", "~", "*", "a:b", "'\"`$(x)", ".hidden"}) {
        const auto whole = path(name);
        EXPECT_EQ(whole.name(), name);
    }
}

TEST(VirtualPath, BytesThatDeceiveAreRefused) {
    using namespace std::string_view_literals;
    for (const std::string_view sent :
         {"a\0b"sv, "\0"sv, "a\nb"sv, "a\r"sv, "\x1B[2J"sv, "a\x7F"sv, "\xC2\x85"sv, "\xC0\xAF"sv,
          "..\xC0\xAF..\xC0\xAF"
          "etc"sv,
          "\xE0\x80\xAF"sv, "\xED\xA0\x80"sv, "\xE2\x80\xAE"sv, "\xFF"sv, "a/\xC3"sv}) {
        const auto result = VirtualPath::parse(sent);
        ASSERT_FALSE(result) << testing::PrintToString(std::string(sent));
        EXPECT_EQ(result.error(), Error::invalid_name);
    }
}

TEST(VirtualPath, ComposedAndDecomposedNamesAreTwoFiles) {
    EXPECT_NE(path("\xC3\xBC"), path("u\xCC\x88"));
}

TEST(VirtualPath, LengthsHaveLimits) {
    EXPECT_TRUE(VirtualPath::parse(std::string(255, 'n')));
    EXPECT_FALSE(VirtualPath::parse(std::string(256, 'n')));
    const std::string full = repeated("/" + std::string(127, 'n'), 8);
    ASSERT_EQ(full.size(), max_path_bytes);
    EXPECT_TRUE(VirtualPath::parse(full));
    EXPECT_FALSE(VirtualPath::parse(full + "/x"));
    EXPECT_FALSE(VirtualPath::parse("x", path(full)));
    EXPECT_FALSE(VirtualPath::parse(repeated("a/", 2048)));
    EXPECT_FALSE(VirtualPath::parse(repeated("./", 2048)));
}

TEST(VirtualPath, DepthHasALimit) {
    const std::string deepest = repeated("/a", 64);
    EXPECT_TRUE(VirtualPath::parse(deepest));
    EXPECT_FALSE(VirtualPath::parse(deepest + "/a"));
    EXPECT_FALSE(path(deepest).child("a"));
    EXPECT_TRUE(VirtualPath::parse(deepest + "/a/.."));
}

TEST(VirtualPath, TheStoragesOwnNameCannotBeSaidAtAnyLevel) {
    for (const char* sent : {".sallyport", "/.sallyport/", "a/.sallyport", ".sallyport/active/x",
                             "/.sallyport/../x"}) {
        EXPECT_FALSE(VirtualPath::parse(sent)) << sent;
    }
    EXPECT_FALSE(path("/a").child(".sallyport"));
    EXPECT_TRUE(VirtualPath::parse(".sallyport2"));
}

TEST(VirtualPath, PartsOfAPath) {
    const VirtualPath file = path("/in/2024/report.csv");
    EXPECT_EQ(file.name(), "report.csv");
    EXPECT_EQ(file.parent().str(), "/in/2024");
    EXPECT_EQ(file.relative(), "in/2024/report.csv");
    EXPECT_EQ(path("/in").parent().str(), "/");
    const VirtualPath root;
    EXPECT_TRUE(root.is_root());
    EXPECT_EQ(root.name(), "");
    EXPECT_EQ(root.parent(), root);
    EXPECT_EQ(root.relative(), ".");
}

TEST(VirtualPath, AChildIsOneAcceptableComponent) {
    EXPECT_EQ(VirtualPath().child("in")->str(), "/in");
    EXPECT_EQ(path("/in").child("a b")->str(), "/in/a b");
    for (const char* name : {"", ".", "..", "a/b", "/", "a/", "\x01", "\xFF"}) {
        EXPECT_FALSE(path("/in").child(name)) << name;
    }
    EXPECT_FALSE(path("/in").child(std::string(256, 'n')));
}

TEST(VirtualPath, WithinGoesByComponents) {
    EXPECT_TRUE(path("/in").is_within(path("/in")));
    EXPECT_TRUE(path("/in/a").is_within(path("/in")));
    EXPECT_TRUE(path("/in/a").is_within(VirtualPath()));
    EXPECT_FALSE(path("/inbox").is_within(path("/in")));
    EXPECT_FALSE(path("/in").is_within(path("/in/a")));
    EXPECT_FALSE(VirtualPath().is_within(path("/in")));
}

}  // namespace
}  // namespace sallyport::storage
