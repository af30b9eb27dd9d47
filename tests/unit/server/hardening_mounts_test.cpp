#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/hardening/places.hpp"
#include "server/startup.hpp"

namespace sallyport::hardening {
namespace {

using testing::Contains;
using testing::Not;

/// A configuration with one user, whose policy may upload but for the paths of `rule`.
config::Config with_mounts(std::vector<storage::Mount> mounts, const std::string& rule = {}) {
    auth::Policy policy = auth::preset_named("exchange").value();
    policy.mounts = std::move(mounts);
    if (!rule.empty()) {
        policy.rules.push_back(
            {auth::PathPattern::parse(rule).value(), {auth::Verb::download}, rule});
    }
    auto users = std::make_shared<auth::UserTable>();
    auth::UserRecord alice;
    alice.name = "alice";
    alice.policy = std::make_shared<const auth::Policy>(std::move(policy));
    users->emplace("alice", std::move(alice));
    config::Config config;
    config.storage.root = "/nowhere/root";
    config.users = std::move(users);
    return config;
}

storage::Mount mount(std::string_view at, std::string_view folder) {
    return {storage::VirtualPath::parse(at).value(), folder};
}

TEST(HardeningMounts, FoldersThatFilesComeToCanBeChanged) {
    const auto config =
        with_mounts({mount("/a", "/nowhere/a"), mount("/b", "/nowhere/b")}, "/b/**");
    EXPECT_THAT(places_of(config), Contains(Place{"/nowhere/a", Reach::change}));
    EXPECT_THAT(places_of(config), Contains(Place{"/nowhere/b", Reach::read}));
    EXPECT_THAT(places_of(config), Not(Contains(Place{"/nowhere/b", Reach::change})));
}

TEST(HardeningMounts, MemoryNeedsNoFolders) {
    auto config = with_mounts({mount("/a", "/nowhere/a")});
    config.storage.backend = config::StorageBackend::memory;
    config.storage.root.clear();
    EXPECT_TRUE(mount_folders(config).empty());
    EXPECT_TRUE(changed_folders(config).empty());
}

TEST(HardeningMounts, NewFoldersNeedARestart) {
    const auto one = with_mounts({mount("/a", "/nowhere/a")});
    const auto elsewhere = with_mounts({mount("/b", "/nowhere/a")});
    const auto two = with_mounts({mount("/a", "/nowhere/a"), mount("/b", "/nowhere/b")});
    const auto less = with_mounts({mount("/a", "/nowhere/a")}, "/a/**");
    EXPECT_EQ(server::needing_restart(one, elsewhere), "");
    EXPECT_EQ(server::needing_restart(one, two), "mounts");
    EXPECT_EQ(server::needing_restart(two, one), "");
    EXPECT_EQ(server::needing_restart(less, one), "mounts");
    EXPECT_EQ(server::needing_restart(one, less), "");
}

}  // namespace
}  // namespace sallyport::hardening
