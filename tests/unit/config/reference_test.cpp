#include "config/reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "config/schema.hpp"

namespace sallyport::config {
namespace {

const char* const committed = SALLYPORT_SOURCE_DIR "/docs/configuration.md";

TEST(Reference, CommittedPageIsWhatTheSchemaSays) {
    if (std::getenv("SALLYPORT_UPDATE_REFERENCE") != nullptr) {
        std::ofstream(committed) << reference_markdown();
    }
    std::ostringstream page;
    page << std::ifstream(committed).rdbuf();
    EXPECT_EQ(page.str(), reference_markdown())
        << "docs/configuration.md is out of date; its last section says how to make it anew";
}

TEST(Reference, ShowsEveryKeyWithItsMeaning) {
    const std::string page = reference_markdown();
    for (const TableSchema& table : schema()) {
        for (const Key& key : table.keys) {
            EXPECT_THAT(page, testing::HasSubstr("| `" + key.name + "` | "));
            EXPECT_TRUE(key.doc.ends_with('.')) << table.name << "." << key.name;
            EXPECT_FALSE(key.type.empty()) << table.name << "." << key.name;
        }
    }
}

}  // namespace
}  // namespace sallyport::config
