#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "server/hardening/build.hpp"
#include "server/hardening/obstacles.hpp"
#include "server/hardening/places.hpp"

namespace sallyport::hardening {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class HardeningPlaces : public testing::Test {
  protected:
    HardeningPlaces() {
        std::string name = (fs::temp_directory_path() / "sallyport-places-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
        folder_ = fs::canonical(name);
        for (const char* inner : {"conf", "conf/users", "tls", "archive", "root", "state", "log"}) {
            fs::create_directories(folder_ / inner);
        }
        config_.sources.files = {touch("conf/main.toml")};
        config_.storage.root = folder_ / "root";
        config_.server.state_dir = folder_ / "state";
    }
    ~HardeningPlaces() override { fs::remove_all(folder_); }

    fs::path touch(const std::string& name) const {
        std::ofstream(folder_ / name) << "x";
        return folder_ / name;
    }

    [[nodiscard]] Place place(const std::string& name, Reach reach) const {
        return {folder_ / name, reach};
    }

    fs::path folder_;
    config::Config config_;
};

TEST_F(HardeningPlaces, StorageAndStateCanBeChanged) {
    EXPECT_THAT(places_of(config_), Contains(place("root", Reach::change)));
    EXPECT_THAT(places_of(config_), Contains(place("state", Reach::change)));
}

TEST_F(HardeningPlaces, AFileIsReadTogetherWithItsFolder) {
    config_.tls.key = touch("tls/key.pem");
    EXPECT_THAT(places_of(config_), Contains(place("conf/main.toml", Reach::read)));
    EXPECT_THAT(places_of(config_), Contains(place("conf", Reach::read)));
    EXPECT_THAT(places_of(config_), Contains(place("tls", Reach::read)));
}

TEST_F(HardeningPlaces, ALinkIsReadWithTheFolderThatItLeadsTo) {
    touch("archive/key1.pem");
    fs::create_symlink("../archive/key1.pem", folder_ / "tls/key.pem");
    config_.tls.key = folder_ / "tls/key.pem";
    EXPECT_THAT(places_of(config_), Contains(place("archive/key1.pem", Reach::read)));
    EXPECT_THAT(places_of(config_), Contains(place("archive", Reach::read)));
    EXPECT_THAT(places_of(config_), Contains(place("tls", Reach::read)));
}

TEST_F(HardeningPlaces, AFolderThatFilesAreIncludedFromIsRead) {
    config_.sources.folders = {folder_ / "conf/users"};
    EXPECT_THAT(places_of(config_), Contains(place("conf/users", Reach::read)));
}

TEST_F(HardeningPlaces, AFileInAFolderOfTheSystemIsReadAlone) {
    config_.ssh.host_keys = {"/etc/hostname"};
    EXPECT_THAT(places_of(config_), Contains(Place{"/etc/hostname", Reach::read}));
    EXPECT_THAT(places_of(config_), Not(Contains(Place{"/etc", Reach::read})));
    EXPECT_THAT(weaknesses_of(config_), Contains(HasSubstr("/etc/hostname lies in /etc")));
}

TEST_F(HardeningPlaces, ALogIsAppendedToInItsFolder) {
    config_.log.file = (folder_ / "log/sallyport.log").string();
    EXPECT_THAT(places_of(config_), Contains(place("log", Reach::append)));
}

TEST_F(HardeningPlaces, ALogBesideTheConfigurationIsAppendedToAlone) {
    config_.log.audit = touch("conf/audit.jsonl");
    EXPECT_THAT(places_of(config_), Contains(place("conf/audit.jsonl", Reach::append)));
    EXPECT_THAT(places_of(config_), Not(Contains(place("conf", Reach::append))));
}

TEST_F(HardeningPlaces, StandardErrorIsNoFile) {
    for (const Place& each : places_of(config_)) EXPECT_NE(each.reach, Reach::append) << each.path;
}

TEST_F(HardeningPlaces, TheRestOfTheSystemIsNotReached) {
    if (is_sanitized) GTEST_SKIP() << "builds with sanitizers read everything";
    for (const Place& each : places_of(config_)) {
        EXPECT_FALSE(lies_in("/etc/shadow", each.path)) << each.path;
        EXPECT_FALSE(lies_in("/proc/self", each.path)) << each.path;
    }
}

TEST_F(HardeningPlaces, WhereNamesAreLookedUpIsReadOnlyBySomebodyWhoConnects) {
    const Place resolver{without_links("/etc/hosts"), Reach::read};
    EXPECT_FALSE(connects_out(config_));
    EXPECT_THAT(places_of(config_), Not(Contains(resolver)));
    config_.auth_providers = {"file", "http"};
    EXPECT_TRUE(connects_out(config_));
    EXPECT_THAT(places_of(config_), Contains(resolver));
}

TEST_F(HardeningPlaces, AConfigurationInsideTheStorageIsSaid) {
    EXPECT_THAT(weaknesses_of(config_), IsEmpty());
    config_.tls.key = touch("root/key.pem");
    EXPECT_THAT(weaknesses_of(config_), Contains(HasSubstr("where the server could change it")));
}

TEST_F(HardeningPlaces, AFileThatCannotBeReadIsAnObstacleToReloads) {
    EXPECT_THAT(obstacles_to_reload(config_, "anna"), IsEmpty());
    config_.tls.key = folder_ / "tls/absent.pem";
    EXPECT_THAT(obstacles_to_reload(config_, "anna"),
                Contains(HasSubstr("absent.pem cannot be read by the user anna")));
}

}  // namespace
}  // namespace sallyport::hardening
