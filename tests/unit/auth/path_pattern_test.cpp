#include "auth/path_pattern.hpp"

#include <gtest/gtest.h>

#include "tests/unit/auth/fake_volume.hpp"

namespace sallyport::auth {
namespace {

PathPattern pattern(std::string_view text) {
    return PathPattern::parse(text).value();
}

struct Match {
    std::string pattern;
    std::string path;
    bool matches;
};

class Matches : public testing::TestWithParam<Match> {};

TEST_P(Matches, Path) {
    EXPECT_EQ(pattern(GetParam().pattern).matches(path(GetParam().path)), GetParam().matches)
        << GetParam().pattern << " " << GetParam().path;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Matches,
    testing::Values(Match{"/", "/", true}, Match{"/", "/a", false}, Match{"/a", "/a", true},
                    Match{"/a", "/", false}, Match{"/a", "/A", false}, Match{"/a", "/a/b", false},
                    Match{"/*", "/a", true}, Match{"/*", "/", false}, Match{"/*", "/a/b", false},
                    Match{"/*.csv", "/x.csv", true}, Match{"/*.csv", "/in/x.csv", false},
                    Match{"/in/?.csv", "/in/x.csv", true}, Match{"/in/?.csv", "/in/xy.csv", false},
                    Match{"/**", "/", true}, Match{"/**", "/a", true}, Match{"/**", "/a/b/c", true},
                    Match{"/in/**", "/in", true}, Match{"/in/**", "/in/a", true},
                    Match{"/in/**", "/in/a/b", true}, Match{"/in/**", "/inn", false},
                    Match{"/in/**", "/", false}, Match{"/in/**", "/a/in", false},
                    Match{"/in/**/*.key", "/in/a.key", true},
                    Match{"/in/**/*.key", "/in/a/b/c.key", true},
                    Match{"/in/**/*.key", "/in/a.key/b", false}, Match{"/**/*.key", "/a.key", true},
                    Match{"/**/tmp/**", "/tmp", true}, Match{"/**/tmp/**", "/a/tmp/b", true},
                    Match{"/**/tmp/**", "/a/b", false}, Match{"/a/*/c", "/a/b/c", true},
                    Match{"/a/*/c", "/a/c", false}, Match{"/a/**/c", "/a/c", true},
                    Match{"/a/**/c/**/e", "/a/b/c/c/d/e", true},
                    Match{"/a/**/c/**/e", "/a/b/d/e", false}));

struct Order {
    std::string more;  ///< specific
    std::string less;
};

class Specificity : public testing::TestWithParam<Order> {};

TEST_P(Specificity, IsThatOfTheFirst) {
    const auto more = pattern(GetParam().more);
    const auto less = pattern(GetParam().less);
    EXPECT_TRUE(PathPattern::by_specificity(more, less) > 0);
    EXPECT_TRUE(PathPattern::by_specificity(less, more) < 0);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Specificity,
    testing::Values(
        // A plain name before one with wildcards, that before the end, the end before "**".
        Order{"/a", "/*"}, Order{"/a", "/?"}, Order{"/a", "/**"}, Order{"/*", "/**"},
        Order{"/a", "/"}, Order{"/", "/**"}, Order{"/a", "/a/**"}, Order{"/a/b", "/a/**"},
        Order{"/a/*", "/a/**"}, Order{"/a/b/**", "/a/**"}, Order{"/a/**/c", "/a/**"},
        // From the left: what comes first decides, however specific the rest is.
        Order{"/in/**", "/**/report.csv"}, Order{"/a/*", "/*/b"}, Order{"/a/**", "/*/b/c"},
        Order{"/a/*/c", "/a/**/c"}, Order{"/**/x", "/**/y/**"},
        // Two names with wildcards: more other bytes, then fewer '*'.
        Order{"/*.csv", "/*"}, Order{"/a*.csv", "/*.csv"}, Order{"/?.csv", "/*.csv"},
        Order{"/a?", "/a*"}, Order{"/a*", "/*a*"}));

TEST(Specificity, OfPatternsThatDifferInPlainNamesOnlyIsEqual) {
    EXPECT_TRUE(PathPattern::by_specificity(pattern("/a/*.csv"), pattern("/b/*.xml")) == 0);
    EXPECT_TRUE(PathPattern::by_specificity(pattern("/a"), pattern("/longer")) == 0);
    EXPECT_TRUE(PathPattern::by_specificity(pattern("/**"), pattern("/**")) == 0);
}

TEST(PathPattern, KnowsWhetherItCouldMatchBelowADirectory) {
    for (const auto* text : {"/**", "/a/**", "/a/b", "/a/*", "/**/x", "/a/b/c/d", "/?/b"}) {
        EXPECT_TRUE(pattern(text).may_match_below(path("/a"))) << text;
    }
    for (const auto* text : {"/", "/a", "/*", "/b/**", "/b/c", "/ab/**"}) {
        EXPECT_FALSE(pattern(text).may_match_below(path("/a"))) << text;
    }
}

TEST(PathPattern, KnowsWhetherItMatchesAllBelowADirectory) {
    for (const auto* text : {"/**", "/a/**", "/*/**", "/**/a/**"}) {
        EXPECT_TRUE(pattern(text).matches_all_below(path("/a"))) << text;
    }
    for (const auto* text : {"/", "/a", "/a/*", "/a/b/**", "/b/**", "/**/x", "/a/**/x"}) {
        EXPECT_FALSE(pattern(text).matches_all_below(path("/a"))) << text;
    }
    EXPECT_TRUE(pattern("/a/**").matches_all_below(path("/a/b/c")));
}

struct Overlap {
    std::string a;
    std::string b;
    bool overlap;
};

class Overlaps : public testing::TestWithParam<Overlap> {};

TEST_P(Overlaps, WhenOnePathMatchesBoth) {
    EXPECT_EQ(pattern(GetParam().a).overlaps(pattern(GetParam().b)), GetParam().overlap);
    EXPECT_EQ(pattern(GetParam().b).overlaps(pattern(GetParam().a)), GetParam().overlap);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Overlaps,
    testing::Values(Overlap{"/a", "/a", true}, Overlap{"/a", "/b", false},
                    Overlap{"/a*", "/*b", true}, Overlap{"/a*", "/b*", false},
                    Overlap{"/*.csv", "/*.xml", false}, Overlap{"/a?c", "/?bc", true},
                    Overlap{"/a?", "/a", false}, Overlap{"/**/x", "/a/**", true},
                    Overlap{"/**/x", "/**/y", false}, Overlap{"/**/x/**", "/**/y/**", true},
                    Overlap{"/a/**", "/b/**", false}, Overlap{"/a/**/c", "/a/b", false},
                    Overlap{"/a/**/c", "/a/*", true}, Overlap{"/", "/**", true},
                    Overlap{"/", "/*", false}));

TEST(PathPattern, WhatIsNoPatternIsRefused) {
    using namespace std::string_literals;
    for (const std::string& text : {""s,
                                    "a"s,
                                    "*.csv"s,
                                    "//"s,
                                    "/a//b"s,
                                    "/a/"s,
                                    "/./a"s,
                                    "/a/.."s,
                                    "/a**"s,
                                    "/**a"s,
                                    "/**/**"s,
                                    "/***"s,
                                    "/[ab]"s,
                                    "/{a,b}"s,
                                    "/a\\*"s,
                                    "/a\nb"s,
                                    "/\xff"s,
                                    "/a\0b"s,
                                    "/" + std::string(256, 'x'),
                                    "/" + std::string(1024, '/')}) {
        EXPECT_FALSE(PathPattern::parse(text)) << text;
    }
}

TEST(NamePattern, WhatCouldNotMatchANameIsRefused) {
    for (const std::string text : {"", "a/b", "[0-9]*", "*.{csv,xml}", "a\\b"}) {
        EXPECT_NE(objection_to_name_pattern(text), "") << text;
    }
    for (const std::string text : {"*", "*.csv", "?", "r\xc3\xa4port-*", "**"}) {
        EXPECT_EQ(objection_to_name_pattern(text), "") << text;
    }
}

}  // namespace
}  // namespace sallyport::auth
