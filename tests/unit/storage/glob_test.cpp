#include "storage/glob.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::storage {
namespace {

TEST(Glob, Table) {
    struct Row {
        std::string_view pattern, name;
        bool matches;
    };
    const Row rows[] = {
        {"", "", true},
        {"", "a", false},
        {"a", "", false},
        {"a", "a", true},
        {"a", "A", false},
        {"a", "ab", false},
        {"*", "", true},
        {"*", "anything", true},
        {"**", "", true},
        {"**", "anything", true},
        {"?", "", false},
        {"?", "a", true},
        {"?", "ab", false},
        {"??", "ab", true},
        {"*?", "", false},
        {"*?", "a", true},
        {"?*", "abc", true},
        {"*.csv", "a.csv", true},
        {"*.csv", ".csv", true},
        {"*.csv", "a.csv.part", false},
        {"*.csv", "a.csv.csv", true},
        {"*.csv", "acsv", false},
        {"a*b", "ab", true},
        {"a*b", "axxb", true},
        {"a*b", "axxbx", false},
        {"a*b*c", "aXbXbXc", true},
        {"a*b*c", "aXbX", false},
        {"*a*", "bab", true},
        {"*a*", "bbb", false},
        {"*aab", "aaaab", true},
        {"a*a*a", "aa", false},
        {"a*a*a", "aaa", true},
        {"[ab]", "a", false},
        {"[ab]", "[ab]", true},
        {"\\*", "*", false},
        {"\\*", "\\x", true},
        {"*", "a/b", true},
        {"*.\xc3\xa9", "x.\xc3\xa9", true},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(matches_glob(row.pattern, row.name), row.matches)
            << testing::PrintToString(row.pattern) << " and " << testing::PrintToString(row.name);
    }
}

// A matcher that tries every star again would not end in a lifetime.
TEST(Glob, ManyStarsAreStillBoundedWork) {
    std::string pattern;
    for (int i = 0; i < 100; ++i) pattern += "a*";
    const std::string name(4000, 'a');
    EXPECT_FALSE(matches_glob(pattern + "b", name));
    EXPECT_TRUE(matches_glob(pattern + "b", name + "b"));
    std::string stars(1000, '*');
    stars += 'b';
    EXPECT_FALSE(matches_glob(stars, name));
}

}  // namespace
}  // namespace sallyport::storage
