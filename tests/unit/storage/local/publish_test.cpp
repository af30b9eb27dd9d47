#include "storage/local/publish.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "tests/unit/storage/temporary_directory.hpp"

namespace sallyport::storage {
namespace {

using How = Placed::How;

/// Files `staged/new` and `files/there`, unless a test removes them.
class Publish : public testing::Test {
  protected:
    Publish() {
        std::filesystem::create_directory(directory_.path() / "staged");
        std::filesystem::create_directory(directory_.path() / "files");
        staged_ = Descriptor(::open((directory_.path() / "staged").c_str(), O_RDONLY));
        files_ = Descriptor(::open((directory_.path() / "files").c_str(), O_RDONLY));
        test::write_file(path("staged/new"), "new");
        test::write_file(path("files/there"), "old");
    }

    [[nodiscard]] std::filesystem::path path(const std::string& name) const {
        return directory_.path() / name;
    }
    [[nodiscard]] std::string content(const std::string& name) const {
        return test::read_file(path(name));
    }
    [[nodiscard]] bool exists(const std::string& name) const {
        return std::filesystem::exists(path(name));
    }

    Result<Placed> place_at(const std::string& name, Overwrite overwrite) {
        return place({staged_, "new"}, {files_, name}, overwrite, Old::swapped);
    }
    void take_back_from(const std::string& name, const Placed& placed) {
        take_back({staged_, "new"}, {files_, name}, placed);
    }
    /// What a session does that is quicker than we are at taking things back.
    void somebody_else_replaces(const std::string& name) const {
        test::write_file(path("staged/theirs"), "theirs");
        std::filesystem::rename(path("staged/theirs"), path("files/" + name));
    }

    test::TemporaryDirectory directory_;
    Descriptor staged_;
    Descriptor files_;
};

TEST_F(Publish, AFreeNameIsTakenAndTakenBack) {
    const auto placed = place_at("free", Overwrite::deny).value();
    EXPECT_EQ(placed.how, How::new_name);
    EXPECT_EQ(content("files/free"), "new");
    take_back_from("free", placed);
    EXPECT_EQ(content("staged/new"), "new");
    EXPECT_FALSE(exists("files/free"));
}

TEST_F(Publish, AReplacedFileWaitsInTheOtherPlaceAndComesBack) {
    const auto placed = place_at("there", Overwrite::replace).value();
    EXPECT_EQ(placed.how, How::swapped);
    EXPECT_EQ(content("files/there"), "new");
    EXPECT_EQ(content("staged/new"), "old");
    take_back_from("there", placed);
    EXPECT_EQ(content("files/there"), "old");
    EXPECT_EQ(content("staged/new"), "new");
}

TEST_F(Publish, ABackupComesBackToo) {
    const auto placed = place_at("there", Overwrite::keep).value();
    EXPECT_EQ(placed.how, How::kept);
    EXPECT_EQ(placed.backup, "there.~1~");
    EXPECT_EQ(content("files/there"), "new");
    EXPECT_EQ(content("files/there.~1~"), "old");
    take_back_from("there", placed);
    EXPECT_EQ(content("files/there"), "old");
    EXPECT_FALSE(exists("files/there.~1~"));
    EXPECT_EQ(content("staged/new"), "new");
}

TEST_F(Publish, TakingBackTakesNothingFromSomebodyElse) {
    for (const auto& [name, overwrite] :
         {std::pair("free", Overwrite::deny), std::pair("there", Overwrite::replace),
          std::pair("there", Overwrite::keep)}) {
        test::write_file(path("staged/new"), "new");
        const auto placed = place_at(name, overwrite).value();
        somebody_else_replaces(name);
        take_back_from(name, placed);
        EXPECT_EQ(content(std::string("files/") + name), "theirs");
    }
}

TEST_F(Publish, TheOldFileCanBeRemovedAtOnce) {
    const auto placed =
        place({staged_, "new"}, {files_, "there"}, Overwrite::replace, Old::removed);
    EXPECT_EQ(placed.value().how, How::removed);
    EXPECT_EQ(content("files/there"), "new");
    EXPECT_FALSE(exists("staged/new"));
}

TEST_F(Publish, NothingButARegularFileLosesItsName) {
    std::filesystem::create_directory(path("files/folder"));
    std::filesystem::create_symlink("there", path("files/link"));
    for (const auto overwrite : {Overwrite::replace, Overwrite::keep}) {
        EXPECT_EQ(place_at("folder", overwrite).error(), Error::is_a_directory);
        EXPECT_EQ(place_at("link", overwrite).error(), Error::not_a_regular_file);
    }
    EXPECT_EQ(content("staged/new"), "new");
}

}  // namespace
}  // namespace sallyport::storage
