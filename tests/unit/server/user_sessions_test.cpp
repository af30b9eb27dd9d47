#include "server/user_sessions.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace sallyport::server {
namespace {

using auth::PolicyKey;
using Places = std::vector<UserSessions::Place>;

class UserSessionsTest : public testing::Test {
  protected:
    /// Takes a place; the limit that leaves none otherwise.
    std::optional<PolicyKey> enter(const std::string& user, const std::string& source,
                                   Places& places) {
        auto entered = sessions_.enter(user, source, limits_);
        if (auto* place = std::get_if<UserSessions::Place>(&entered)) {
            places.push_back(std::move(*place));
            return std::nullopt;
        }
        return std::get<PolicyKey>(entered);
    }

    auth::LoginRules limits_;
    UserSessions sessions_;
};

TEST_F(UserSessionsTest, WithoutLimitsThereAreNone) {
    Places places;
    for (int i = 0; i < 100; ++i) EXPECT_EQ(enter("acme", "192.0.2.1", places), std::nullopt);
}

TEST_F(UserSessionsTest, LimitOfAUserCountsAllSources) {
    limits_.max_sessions = 2;
    Places places;
    EXPECT_EQ(enter("acme", "192.0.2.1", places), std::nullopt);
    EXPECT_EQ(enter("acme", "192.0.2.2", places), std::nullopt);
    EXPECT_EQ(enter("acme", "192.0.2.3", places), PolicyKey::max_sessions);
    EXPECT_EQ(enter("other", "192.0.2.1", places), std::nullopt);
}

TEST_F(UserSessionsTest, LimitOfASourceCountsThisUserOnly) {
    limits_.max_sessions_per_address = 1;
    Places places;
    EXPECT_EQ(enter("acme", "192.0.2.1", places), std::nullopt);
    EXPECT_EQ(enter("acme", "192.0.2.1", places), PolicyKey::max_sessions_per_address);
    EXPECT_EQ(enter("acme", "192.0.2.2", places), std::nullopt);
    EXPECT_EQ(enter("other", "192.0.2.1", places), std::nullopt);
}

TEST_F(UserSessionsTest, PlaceIsFreeAgainWhenItsSessionEnds) {
    limits_.max_sessions = 1;
    for (int i = 0; i < 3; ++i) {
        Places places;
        EXPECT_EQ(enter("acme", "192.0.2.1", places), std::nullopt);
        EXPECT_EQ(enter("acme", "192.0.2.1", places), PolicyKey::max_sessions);
    }
}

TEST_F(UserSessionsTest, LowerLimitOfAReloadLetsNobodyElseIn) {
    Places places;
    for (int i = 0; i < 3; ++i) EXPECT_EQ(enter("acme", "192.0.2.1", places), std::nullopt);
    limits_.max_sessions = 2;
    EXPECT_EQ(enter("acme", "192.0.2.1", places), PolicyKey::max_sessions);
    places.clear();
    EXPECT_EQ(enter("acme", "192.0.2.1", places), std::nullopt);
}

}  // namespace
}  // namespace sallyport::server
