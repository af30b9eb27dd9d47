#include "config/suggest.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace sallyport::config {
namespace {

TEST(EditDistance, CountsSingleChanges) {
    EXPECT_EQ(edit_distance("", ""), 0U);
    EXPECT_EQ(edit_distance("idle", "idle"), 0U);
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("idl", "idle"), 1U);
    EXPECT_EQ(edit_distance("iddle", "idle"), 1U);
    EXPECT_EQ(edit_distance("idke", "idle"), 1U);
    EXPECT_EQ(edit_distance("ilde", "idle"), 1U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(DidYouMean, NamesTheNearest) {
    const std::vector<std::string> known{"address", "protocol", "passive_ports", "public_address"};
    EXPECT_EQ(did_you_mean("adress", known), " (did you mean \"address\"?)");
    EXPECT_EQ(did_you_mean("passive_port", known), " (did you mean \"passive_ports\"?)");
    EXPECT_EQ(did_you_mean("porotocol", known), " (did you mean \"protocol\"?)");
}

TEST(DidYouMean, FarWordsAreNotSuggested) {
    const std::vector<std::string> known{"ftps", "key", "a"};
    EXPECT_EQ(did_you_mean("sftp", known), "");
    EXPECT_EQ(did_you_mean("x", known), "");
    EXPECT_EQ(did_you_mean(std::string(100'000, 'k'), known), "");
    EXPECT_EQ(did_you_mean("key", {}), "");
}

}  // namespace
}  // namespace sallyport::config
