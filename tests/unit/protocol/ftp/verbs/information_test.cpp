#include <gtest/gtest.h>

#include "tests/support/secure_peer.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::ftp {
namespace {

using test::Files;
using test::LoggedInPeer;
using test::script;
using test::SecurePeer;

TEST(Information, SimpleAnswers) {
    SecurePeer peer;
    script()
        .then({{"NOOP", 200},
               {"SYST", 215, "UNIX Type: L8"},
               {"FEAT", 211, "\r\n EPSV\r\n"},
               {"HELP", 214, "STOR"},
               {"HELP STOR", 214, "STOR path"},
               {"HELP stor", 214, "STOR path"},
               {"HELP CCC", 504},
               {"HELP XYZZY", 504},
               {"CLNT WinSCP", 200},
               {"CSID Name=x; Version=1;", 200, "DirSep=/;"},
               {"LANG", 200},
               {"LANG EN", 200},
               {"LANG en-GB", 200},
               {"LANG DE", 504}})
        .check(peer);
}

TEST(Information, HostComesBeforeTheLogin) {
    SecurePeer before;
    script().then({{"HOST files.example.com", 220}, {"HOST", 501}}).check(before);
    LoggedInPeer after;
    script().client("HOST files.example.com").server(503).check(after);
}

TEST(Information, StatusOfTheSession) {
    SecurePeer before;
    script()
        .then({{"STAT", 211, "Not logged in"}, {"STAT", 211, "PROT not yet set"}})
        .check(before);
    LoggedInPeer after;
    script()
        .then({{"STAT", 211, "files.example.com"},
               {"STAT", 211, " Logged in\r\n"},
               {"STAT", 211, "Directory \"/\""},
               {"STAT", 211, "TYPE I, STRU F, MODE S, PROT P"},
               {"TYPE A", 200},
               {"STAT", 211, "TYPE A"}})
        .check(after);
}

TEST(Information, StatusOfPathsNeedsALogin) {
    SecurePeer peer;
    script().then({{"STAT /", 530}, {"STAT a", 530}}).check(peer);
}

TEST(Information, StatusOfPaths) {
    LoggedInPeer peer;
    const Files files(peer.volume());
    ASSERT_TRUE(files.store(test::to("/a"), "abc"));
    ASSERT_TRUE(files.mkdir("/d"));
    script()
        .then({{"STAT a", 213, " 3 "},
               {"STAT /", 212, " a\r\n"},
               {"STAT /", 212, " d\r\n"},
               {"STAT .", 212},
               {"STAT d", 212},
               {"STAT nowhere", 550},
               {"STAT .sallyport", 553}})
        .check(peer);
}

TEST(Information, StatusNamesCannotForgeAReply) {
    LoggedInPeer peer;
    ASSERT_TRUE(Files(peer.volume()).store(test::to("/212 End."), "x"));
    const auto wire = peer.ask("STAT /").wire();
    EXPECT_EQ(wire.find("\r\n212 End."), wire.rfind("\r\n212 ")) << wire;
}

}  // namespace
}  // namespace sallyport::ftp
