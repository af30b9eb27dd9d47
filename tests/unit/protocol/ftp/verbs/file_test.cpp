#include <gtest/gtest.h>

#include "tests/support/secure_peer.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::ftp {
namespace {

using storage::Error;
using test::Files;
using test::refusal;
using test::script;

/// A session that finds the file /a of three bytes, changed 2024-03-05 09:07:01, and the directory
/// /d.
class FileVerbs : public testing::Test {
  protected:
    FileVerbs() {
        EXPECT_TRUE(files_.store(test::to("/a"), "abc"));
        EXPECT_TRUE(files_.mkdir("/d"));
        EXPECT_TRUE(files_.set("/a", {.modified = changed(), .mode = 0640}));
    }
    static storage::FileTime changed() {
        using namespace std::chrono;
        return sys_days(year(2024) / 3 / 5) + 9h + 7min + 1s;
    }

    test::LoggedInPeer peer_;
    Files files_{peer_.volume()};
};

TEST_F(FileVerbs, DeleRemovesAFile) {
    script()
        .then({{"DELE a", 250}, {"DELE a", 550}, {"DELE d", 550}, {"DELE", 501}, {"DELE /", 550}})
        .check(peer_);
    EXPECT_EQ(refusal(files_.stat("/a")), Error::not_found);
}

TEST_F(FileVerbs, RenameMovesAFile) {
    script().then({{"RNFR a", 350}, {"RNTO d/b", 250}}).check(peer_);
    EXPECT_EQ(refusal(files_.stat("/a")), Error::not_found);
    EXPECT_EQ(files_.read("/d/b").value(), "abc");
}

TEST_F(FileVerbs, RenameIsResolvedInTheDirectory) {
    script().then({{"CWD d", 250}, {"RNFR ../a", 350}, {"RNTO b", 250}}).check(peer_);
    EXPECT_EQ(files_.read("/d/b").value(), "abc");
}

TEST_F(FileVerbs, RntoMustFollowRnfrAtOnce) {
    for (const auto* between : {"NOOP", "PWD", "DELE nowhere", "CCC", "TYPE I", "REST 0"}) {
        static_cast<void>(peer_.ask("RNFR a"));
        static_cast<void>(peer_.ask(between));
        script().client("RNTO b").server(503).check(peer_);
    }
    EXPECT_TRUE(files_.stat("/a"));
}

TEST_F(FileVerbs, LaterRnfrCounts) {
    script().then({{"RNFR a", 350}, {"RNFR d", 350}, {"RNTO e", 250}}).check(peer_);
    EXPECT_TRUE(files_.stat("/a"));
    EXPECT_TRUE(files_.stat("/e"));
}

TEST_F(FileVerbs, RefusedRnfrForgetsTheEarlierOne) {
    for (const auto* line : {"RNFR nowhere", "RNFR", "RNFR .sallyport"}) {
        static_cast<void>(peer_.ask("RNFR a"));
        static_cast<void>(peer_.ask(line));
        script().client("RNTO b").server(503).check(peer_);
    }
}

TEST_F(FileVerbs, RnfrIsUsedOnce) {
    script()
        .then({{"RNTO b", 503},
               {"RNFR a", 350},
               {"RNTO b", 250},
               {"RNTO c", 503},
               {"RNFR b", 350},
               {"RNTO nowhere/c", 550},
               {"RNTO c", 503},
               {"RNFR b", 350},
               {"RNTO", 501},
               {"RNTO c", 503},
               {"RNFR b", 350},
               {"RNTO .sallyport", 553}})
        .check(peer_);
    EXPECT_TRUE(files_.stat("/b"));
}

TEST_F(FileVerbs, DirectoryIsNotRenamedIntoItself) {
    script().then({{"RNFR d", 350}, {"RNTO d/d", 553}}).check(peer_);
}

TEST_F(FileVerbs, SizeIsOfFiles) {
    script()
        .then({{"SIZE a", 213, "213 3\r"}, {"SIZE d", 550}, {"SIZE nowhere", 550}, {"SIZE", 501}})
        .check(peer_);
}

TEST_F(FileVerbs, SizeOfAPartialIsWhatCanBeResumed) {
    files_.leave_partial("/cut", "12345");
    files_.leave_partial("/a", "1234567");
    script().then({{"SIZE cut", 213, "213 5\r"}, {"SIZE a", 213, "213 7\r"}}).check(peer_);
}

TEST_F(FileVerbs, MdtmIsUtc) {
    script()
        .then({{"MDTM a", 213, "20240305090701\r"}, {"MDTM nowhere", 550}, {"MDTM", 501}})
        .check(peer_);
}

TEST_F(FileVerbs, MlstShowsFactsAndTheWholePath) {
    script()
        .then({{"MLST a", 250, "\r\n type=file;size=3;modify=20240305090701;perm="},
               {"MLST a", 250, "UNIX.mode=0640; /a\r\n250 "},
               {"MLST d", 250, "type=dir;"},
               {"MLST", 250, " /\r\n"},
               {"CWD d", 250},
               {"MLST", 250, " /d\r\n"},
               {"MLST nowhere", 550}})
        .check(peer_);
}

TEST_F(FileVerbs, AvblIsFreeSpace) {
    const auto space = test::run(peer_.volume()->space()).value();
    script()
        .then(
            {{"AVBL", 213, std::to_string(space.free)}, {"AVBL d", 213}, {"AVBL .sallyport", 553}})
        .check(peer_);
}

TEST_F(FileVerbs, NamesThatCannotBeAreRefused) {
    const std::string wide(storage::max_component_bytes + 1, 'a');
    for (const auto* verb : {"DELE ", "RNFR ", "SIZE ", "MDTM ", "MLST "}) {
        script().then({{verb + wide, 553}, {std::string(verb) + "a\x01", 553}}).check(peer_);
    }
}

}  // namespace
}  // namespace sallyport::ftp
