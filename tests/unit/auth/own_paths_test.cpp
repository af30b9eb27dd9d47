#include "auth/own_paths.hpp"

#include <gtest/gtest.h>

#include "tests/unit/auth/fake_volume.hpp"

namespace sallyport::auth {
namespace {

TEST(OwnPaths, RemembersUntilForgotten) {
    OwnPaths own;
    EXPECT_FALSE(own.contains(path("/a"), "1"));
    EXPECT_FALSE(own.may_contain(path("/a")));
    own.remember(path("/a"), "1");
    EXPECT_TRUE(own.contains(path("/a"), "1"));
    EXPECT_TRUE(own.may_contain(path("/a")));
    EXPECT_FALSE(own.may_contain(path("/A")));
    own.forget(path("/a"));
    EXPECT_FALSE(own.contains(path("/a"), "1"));
    EXPECT_FALSE(own.may_contain(path("/a")));
}

TEST(OwnPaths, AnotherFileOfTheSameNameIsNotOwn) {
    OwnPaths own;
    own.remember(path("/a"), "1");
    EXPECT_FALSE(own.contains(path("/a"), "2"));
    EXPECT_FALSE(own.contains(path("/a"), ""));
    own.remember(path("/a"), "2");
    EXPECT_TRUE(own.contains(path("/a"), "2"));
    EXPECT_FALSE(own.contains(path("/a"), "1"));
}

TEST(OwnPaths, MoveTakesOwnershipAlong) {
    OwnPaths own;
    own.remember(path("/a"), "1");
    own.move(path("/a"), path("/b"));
    EXPECT_FALSE(own.may_contain(path("/a")));
    EXPECT_TRUE(own.contains(path("/b"), "1"));
    own.move(path("/b"), path("/b"));
    EXPECT_TRUE(own.contains(path("/b"), "1"));
}

TEST(OwnPaths, MoveOfAnothersFileEndsOwnershipOfTheTarget) {
    OwnPaths own;
    own.remember(path("/b"), "1");
    own.move(path("/a"), path("/b"));
    EXPECT_FALSE(own.may_contain(path("/b")));
}

TEST(OwnPaths, SamePathCountsOnce) {
    OwnPaths own;
    own.remember(path("/a"), "1");
    own.remember(path("/a"), "2");
    EXPECT_EQ(own.size(), 1U);
}

TEST(OwnPaths, OldestIsForgottenBeyondTheLimit) {
    OwnPaths own;
    own.remember(path("/first"), "1");
    own.remember(path("/second"), "2");
    for (std::size_t i = 2; i < max_own_paths; ++i) own.remember(path("/" + std::to_string(i)), "");
    EXPECT_TRUE(own.contains(path("/first"), "1"));
    own.remember(path("/one-more"), "3");
    EXPECT_EQ(own.size(), max_own_paths);
    EXPECT_FALSE(own.may_contain(path("/first")));
    EXPECT_TRUE(own.contains(path("/second"), "2"));
    EXPECT_TRUE(own.contains(path("/one-more"), "3"));
}

}  // namespace
}  // namespace sallyport::auth
