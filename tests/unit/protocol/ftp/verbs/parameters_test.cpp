#include <gtest/gtest.h>

#include "tests/support/secure_peer.hpp"

namespace sallyport::ftp {
namespace {

using test::LoggedInPeer;
using test::script;
using test::SecurePeer;

TEST(Parameters, Types) {
    LoggedInPeer peer;
    script()
        .then({{"TYPE A", 200},
               {"TYPE A N", 200},
               {"type a", 200},
               {"TYPE I", 200},
               {"TYPE L 8", 200},
               {"TYPE E", 504},
               {"TYPE L 7", 504},
               {"TYPE L", 504},
               {"TYPE A T", 504},
               {"TYPE", 501}})
        .check(peer);
}

TEST(Parameters, RefusedTypeChangesNothing) {
    LoggedInPeer peer;
    script().then({{"TYPE A", 200}, {"TYPE E", 504}, {"EPSV", 229}, {"STOR x", 150}}).check(peer);
    EXPECT_TRUE(peer.latest<Receive>()->ascii);
}

TEST(Parameters, StructureAndMode) {
    LoggedInPeer peer;
    script()
        .then({{"STRU F", 200},
               {"stru f", 200},
               {"STRU R", 504},
               {"STRU P", 504},
               {"STRU", 504},
               {"MODE S", 200},
               {"mode s", 200},
               {"MODE B", 504},
               {"MODE C", 504},
               {"MODE Z", 504},
               {"MODE", 504}})
        .check(peer);
}

TEST(Parameters, AlloAnnouncesASize) {
    LoggedInPeer peer;
    script()
        .then({{"ALLO 1000", 200},
               {"ALLO 1000 R 80", 200},
               {"ALLO 0", 200},
               {"ALLO 9223372036854775807", 200},
               {"ALLO 9223372036854775808", 501},
               {"ALLO", 501},
               {"ALLO x", 501},
               {"ALLO -1", 501}})
        .check(peer);
}

TEST(Parameters, RestTakesWhatAFileCanHave) {
    LoggedInPeer peer;
    script()
        .then({{"REST 0", 350},
               {"REST 10", 350, "10"},
               {"REST 9223372036854775807", 350},
               {"REST 9223372036854775808", 501},
               {"REST 99999999999999999999", 501},
               {"REST -1", 501},
               {"REST +1", 501},
               {"REST 1 2", 501},
               {"REST 0x10", 501},
               {"REST", 501}})
        .check(peer);
}

TEST(Parameters, RefusedRestKeepsTheEarlierOne) {
    LoggedInPeer peer;
    script().then({{"REST 10", 350}, {"REST x", 501}, {"EPSV", 229}, {"RETR x", 150}}).check(peer);
    EXPECT_EQ(peer.latest<Send>()->offset, 10U);
}

TEST(Parameters, Options) {
    SecurePeer peer;
    script()
        .then({{"OPTS UTF8 ON", 200},
               {"opts utf8 on", 200},
               {"OPTS UTF8", 200},
               {"OPTS UTF-8 NLST", 200},
               {"OPTS UTF8 OFF", 504},
               {"OPTS MLST type;size;", 200, "MLST OPTS type;size;modify;perm;unique;UNIX.mode;"},
               {"OPTS HASH", 200, "SHA-256"},
               {"OPTS HASH SHA-512", 200, "SHA-512"},
               {"OPTS HASH", 200, "SHA-512"},
               {"OPTS HASH md5", 200, "MD5"},
               {"OPTS HASH SHA-3", 501},
               {"OPTS HASH", 200, "MD5"},
               {"OPTS XYZZY", 501},
               {"OPTS", 501}})
        .check(peer);
}

}  // namespace
}  // namespace sallyport::ftp
