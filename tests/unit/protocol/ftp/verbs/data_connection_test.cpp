#include <gtest/gtest.h>

#include "tests/support/secure_peer.hpp"

namespace sallyport::ftp {
namespace {

using test::LoggedInPeer;
using test::script;

TEST(DataConnection, PasvAnnouncesAddressAndPort) {
    LoggedInPeer peer;
    script().client("PASV").server(227, "(192,0,2,7,195,81)").check(peer);
}

TEST(DataConnection, EpsvAnnouncesThePort) {
    LoggedInPeer peer;
    script().client("EPSV").server(229, "(|||50001|)").check(peer);
}

TEST(DataConnection, EpsvFamilies) {
    LoggedInPeer four;
    script()
        .then({{"EPSV 1", 229},
               {"EPSV 2", 522, "(1)"},
               {"EPSV 3", 522, "(1)"},
               {"EPSV 0", 522, "(1)"},
               {"EPSV abc", 501},
               {"EPSV -1", 501},
               {"EPSV 1 1", 501}})
        .check(four);
    LoggedInPeer six(true);
    script()
        .then({{"EPSV", 229}, {"EPSV 2", 229}, {"EPSV 1", 522, "(2)"}, {"EPSV 3", 522, "(2)"}})
        .check(six);
}

TEST(DataConnection, PasvIsForIpv4Only) {
    LoggedInPeer peer(true);
    script().then({{"PASV", 425}, {"STOR x", 425}}).check(peer);
}

TEST(DataConnection, AfterEpsvAllOnlyEpsvIsTaken) {
    LoggedInPeer peer;
    script()
        .then({{"EPSV ALL", 200},
               {"PASV", 501},
               {"PORT 1,2,3,4,5,6", 502},
               {"STOR x", 425},
               {"EPSV", 229},
               {"STOR x", 150},
               {"PASV", 501}})
        .check(peer);
}

TEST(DataConnection, EpsvAllIsCaseless) {
    LoggedInPeer peer;
    script().then({{"epsv all", 200}, {"PASV", 501}}).check(peer);
}

TEST(DataConnection, NoFreePortIsSaid) {
    LoggedInPeer peer;
    peer.ports_are_free = false;
    script().then({{"PASV", 425}, {"EPSV", 425}, {"STOR x", 425}}).check(peer);
}

TEST(DataConnection, FailedPassiveForgetsTheEarlierOne) {
    LoggedInPeer peer;
    script().client("EPSV").server(229).check(peer);
    peer.ports_are_free = false;
    script().then({{"EPSV", 425}, {"STOR x", 425}}).check(peer);
}

TEST(DataConnection, OnePassivePortServesOneTransfer) {
    LoggedInPeer peer;
    script().then({{"STOR x", 425}, {"EPSV", 229}, {"STOR x", 150}, {"STOR x", 425}}).check(peer);
}

TEST(DataConnection, ServerNeverConnectsOut) {
    LoggedInPeer peer;
    script()
        .then({{"PORT 127,0,0,1,0,22", 502}, {"EPRT |1|127.0.0.1|22|", 502}, {"STOR x", 425}})
        .check(peer);
    EXPECT_TRUE(peer.transfers.empty());
}

TEST(DataConnection, AborWithoutATransferIsFine) {
    LoggedInPeer peer;
    script().client("ABOR").server(226).check(peer);
    script()
        .bytes(
            "\xff\xf4\xff\xf2"
            "ABOR\r\n")
        .server(226)
        .check(peer);
}

}  // namespace
}  // namespace sallyport::ftp
