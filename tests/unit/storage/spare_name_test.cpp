#include "storage/spare_name.hpp"

#include <gtest/gtest.h>

#include "storage/utf8.hpp"

namespace sallyport::storage {
namespace {

TEST(SpareName, BackupsAreNumberedAsGnuToolsDo) {
    EXPECT_EQ(backup_name("report.csv", 1), "report.csv.~1~");
    EXPECT_EQ(backup_name("report.csv", 12), "report.csv.~12~");
}

TEST(SpareName, OnlyOwnBackupsCount) {
    EXPECT_EQ(backup_number("a", "a.~7~"), 7U);
    for (const char* other :
         {"a", "b.~7~", "a.~~", "a.~0~", "a.~07~", "a.~7", "a.~-7~", "a.~7~.~8~",
          "a.~99999999999999999999~", "a.~18446744073709551615~", "~", ".~"}) {
        EXPECT_EQ(backup_number("a", other), 0U) << other;
    }
}

TEST(SpareName, LongNamesAreShortenedToFit) {
    std::string name(253, 'n');
    name += "\xC3\xBC";
    const std::string backup = backup_name(name, 3);
    EXPECT_LE(backup.size(), 255U);
    EXPECT_EQ(backup_number(name, backup), 3U);
    const std::string unique = unique_name(name);
    EXPECT_LE(unique.size(), 255U);
    EXPECT_TRUE(is_acceptable_text(unique));
}

TEST(SpareName, RandomNamesDiffer) {
    EXPECT_NE(unique_name("a"), unique_name("a"));
    EXPECT_EQ(unique_name("a").size(), 10U);
    EXPECT_EQ(random_hex(16).size(), 32U);
}

}  // namespace
}  // namespace sallyport::storage
