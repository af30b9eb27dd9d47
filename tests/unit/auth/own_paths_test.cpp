#include "auth/own_paths.hpp"

#include <gtest/gtest.h>

#include "tests/unit/auth/fake_volume.hpp"

namespace sallyport::auth {
namespace {

TEST(OwnPaths, RemembersUntilForgotten) {
    OwnPaths own;
    EXPECT_FALSE(own.contains(path("/a")));
    own.remember(path("/a"));
    EXPECT_TRUE(own.contains(path("/a")));
    EXPECT_FALSE(own.contains(path("/A")));
    own.forget(path("/a"));
    EXPECT_FALSE(own.contains(path("/a")));
}

TEST(OwnPaths, MoveTakesOwnershipAlong) {
    OwnPaths own;
    own.remember(path("/a"));
    own.move(path("/a"), path("/b"));
    EXPECT_FALSE(own.contains(path("/a")));
    EXPECT_TRUE(own.contains(path("/b")));
}

TEST(OwnPaths, MoveOfAnothersFileEndsOwnershipOfTheTarget) {
    OwnPaths own;
    own.remember(path("/b"));
    own.move(path("/a"), path("/b"));
    EXPECT_FALSE(own.contains(path("/b")));
}

TEST(OwnPaths, SamePathCountsOnce) {
    OwnPaths own;
    own.remember(path("/a"));
    own.remember(path("/a"));
    EXPECT_EQ(own.size(), 1U);
}

TEST(OwnPaths, OldestIsForgottenBeyondTheLimit) {
    OwnPaths own;
    own.remember(path("/first"));
    own.remember(path("/second"));
    for (std::size_t i = 2; i < max_own_paths; ++i) own.remember(path("/" + std::to_string(i)));
    EXPECT_TRUE(own.contains(path("/first")));
    own.remember(path("/one-more"));
    EXPECT_EQ(own.size(), max_own_paths);
    EXPECT_FALSE(own.contains(path("/first")));
    EXPECT_TRUE(own.contains(path("/second")));
    EXPECT_TRUE(own.contains(path("/one-more")));
}

}  // namespace
}  // namespace sallyport::auth
