#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/hardening/identity.hpp"

namespace sallyport::hardening {
namespace {

TEST(HardeningIdentity, AUserIsFoundWithItsGroups) {
    const auto found = find_identity("nobody");
    const auto* identity = std::get_if<Identity>(&found);
    ASSERT_NE(identity, nullptr);
    EXPECT_NE(identity->user, 0U);
    EXPECT_THAT(identity->groups, testing::Contains(identity->group));
}

TEST(HardeningIdentity, AnUnknownUserIsSaid) {
    const auto found = find_identity("no-such-user");
    ASSERT_TRUE(std::holds_alternative<std::string>(found));
    EXPECT_EQ(std::get<std::string>(found), "this system has no user \"no-such-user\"");
}

}  // namespace
}  // namespace sallyport::hardening
