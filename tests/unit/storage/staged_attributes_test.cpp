#include "storage/staged_attributes.hpp"

#include <gtest/gtest.h>

namespace sallyport::storage {
namespace {

constexpr FileTime at(int seconds) {
    return FileTime(std::chrono::seconds(seconds));
}

AttributeChange time_change(int seconds) {
    AttributeChange change;
    change.modified = at(seconds);
    return change;
}

TEST(StagedAttributes, TheTimeIsThatOfTheLastChange) {
    StagedAttributes attributes(0640, at(1));
    EXPECT_EQ(attributes.modified(), at(1));
    attributes.content_changed(at(2));
    EXPECT_EQ(attributes.modified(), at(2));
}

TEST(StagedAttributes, AChosenTimeStays) {
    StagedAttributes attributes(0640, at(1));
    attributes.change(time_change(7));
    attributes.content_changed(at(2));
    EXPECT_EQ(attributes.modified(), at(7));
    attributes.change(time_change(8));
    EXPECT_EQ(attributes.modified(), at(8));
}

TEST(StagedAttributes, AModeKeepsItsPermissionBitsOnly) {
    EXPECT_EQ(StagedAttributes(07640, at(1)).mode(), 0640U);
    StagedAttributes attributes(0640, at(1));
    AttributeChange change;
    change.mode = 06755;
    attributes.change(change);
    EXPECT_EQ(attributes.mode(), 0755U);
    EXPECT_EQ(attributes.modified(), at(1));
    attributes.content_changed(at(2));
    EXPECT_EQ(attributes.modified(), at(2));
}

}  // namespace
}  // namespace sallyport::storage
