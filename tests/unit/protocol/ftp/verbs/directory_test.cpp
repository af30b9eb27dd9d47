#include <gtest/gtest.h>

#include "tests/support/secure_peer.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::ftp {
namespace {

using test::Files;
using test::LoggedInPeer;
using test::script;

TEST(Directory, BeginsAtTheRoot) {
    LoggedInPeer peer;
    script().then({{"PWD", 257, "\"/\""}, {"XPWD", 257, "\"/\""}}).check(peer);
}

TEST(Directory, ChangesUpAndDown) {
    LoggedInPeer peer;
    script()
        .then({{"MKD a", 257, "\"/a\""},
               {"MKD a/b", 257, "\"/a/b\""},
               {"CWD a", 250},
               {"PWD", 257, "\"/a\""},
               {"CWD b", 250},
               {"PWD", 257, "\"/a/b\""},
               {"CDUP", 250},
               {"PWD", 257, "\"/a\""},
               {"CWD /a/b", 250},
               {"CWD ..", 250},
               {"PWD", 257, "\"/a\""},
               {"CWD /", 250},
               {"PWD", 257, "\"/\""}})
        .check(peer);
}

TEST(Directory, NothingIsAboveTheRoot) {
    LoggedInPeer peer;
    script()
        .then({{"CDUP", 250},
               {"PWD", 257, "\"/\""},
               {"CWD ../../..", 250},
               {"PWD", 257, "\"/\""},
               {"CWD /../..", 250},
               {"PWD", 257, "\"/\""}})
        .check(peer);
}

TEST(Directory, QuotesInNamesAreDoubled) {
    LoggedInPeer peer;
    script()
        .then({{"MKD say \"hi\"", 257, "\"/say \"\"hi\"\"\" created."},
               {"CWD say \"hi\"", 250},
               {"PWD", 257, "\"/say \"\"hi\"\"\" is"}})
        .check(peer);
}

TEST(Directory, OldNamesOfTheVerbs) {
    LoggedInPeer peer;
    script()
        .then({{"XMKD a", 257, "\"/a\""},
               {"XCWD a", 250},
               {"XPWD", 257, "\"/a\""},
               {"XCUP", 250},
               {"XPWD", 257, "\"/\""},
               {"XRMD a", 250},
               {"CWD a", 550}})
        .check(peer);
}

TEST(Directory, CwdNeedsADirectory) {
    LoggedInPeer peer;
    ASSERT_TRUE(Files(peer.volume()).store(test::to("/file"), "x"));
    script()
        .then({{"CWD file", 550, "Not a directory"},
               {"CWD nowhere", 550, "No such file"},
               {"CWD file/x", 550},
               {"CWD", 501},
               {"PWD", 257, "\"/\""}})
        .check(peer);
}

TEST(Directory, MkdRefusals) {
    LoggedInPeer peer;
    script()
        .then({{"MKD a", 257},
               {"MKD a", 550},
               {"MKD nowhere/b", 550},
               {"MKD /", 550},
               {"MKD", 501},
               {"MKD .sallyport", 553}})
        .check(peer);
}

TEST(Directory, RmdRefusals) {
    LoggedInPeer peer;
    ASSERT_TRUE(Files(peer.volume()).store(test::to("/file"), "x"));
    script()
        .then({{"MKD a", 257},
               {"MKD a/b", 257},
               {"RMD a", 550, "not empty"},
               {"RMD file", 550},
               {"RMD nowhere", 550},
               {"RMD /", 550},
               {"RMD", 501},
               {"RMD a/b", 250},
               {"RMD a", 250},
               {"CWD a", 550}})
        .check(peer);
}

TEST(Directory, NamesThatCannotBeAreRefused) {
    const std::string wide(storage::max_component_bytes + 1, 'a');
    const std::string fits(storage::max_component_bytes, 'a');
    LoggedInPeer peer;
    for (const auto* verb : {"CWD ", "MKD ", "RMD "}) {
        script().then({{verb + wide, 553}, {std::string(verb) + "\xff", 553}}).check(peer);
        script().then({{verb + std::string(storage::max_path_bytes + 1, '/'), 553}}).check(peer);
    }
    script().then({{"MKD " + fits, 257}, {"CWD " + fits, 250}}).check(peer);
}

TEST(Directory, RefusalsRepeatNothingOfTheClient) {
    LoggedInPeer peer;
    EXPECT_EQ(peer.ask("CWD x\x1b[2J").wire().find("[2J"), std::string::npos);
    EXPECT_EQ(peer.ask("CWD nowhere").wire().find("nowhere"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::ftp
