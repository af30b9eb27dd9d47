#include <gtest/gtest.h>

#include "tests/support/secure_peer.hpp"

namespace sallyport::ftp {
namespace {

using test::LoggedInPeer;
using test::script;
using test::SecurePeer;

TEST(Security, AuthInsideTlsIsRefused) {
    SecurePeer before;
    script().then({{"AUTH TLS", 503}, {"AUTH", 503}, {"AUTH SSL", 503}}).check(before);
    LoggedInPeer after;
    script().then({{"AUTH TLS", 503}, {"PWD", 257}}).check(after);
}

TEST(Security, BufferSizeIsAlwaysZero) {
    SecurePeer peer;
    script()
        .then({{"PBSZ 0", 200},
               {"PBSZ 1024", 200, "PBSZ=0"},
               {"PBSZ 4294967295", 200, "PBSZ=0"},
               {"PBSZ 4294967296", 501},
               {"PBSZ -1", 501},
               {"PBSZ many", 501},
               {"PBSZ 0 0", 501},
               {"PBSZ", 501}})
        .check(peer);
}

TEST(Security, ProtectionLevels) {
    SecurePeer peer;
    script()
        .then({{"PROT P", 200},
               {"prot p", 200},
               {"PROT C", 534},
               {"PROT S", 534},
               {"PROT E", 534},
               {"PROT c", 534},
               {"PROT X", 504},
               {"PROT PP", 504},
               {"PROT", 501}})
        .check(peer);
}

TEST(Security, ProtNeedsNoPbsz) {
    SecurePeer peer;
    script()
        .then({{"USER alice", 331}, {"PASS secret", 230}, {"PROT P", 200}, {"EPSV", 229}})
        .check(peer);
}

TEST(Security, ProtBeforeTheLoginCounts) {
    SecurePeer peer;
    script()
        .then({{"PBSZ 0", 200},
               {"PROT P", 200},
               {"USER alice", 331},
               {"PASS secret", 230},
               {"EPSV", 229}})
        .check(peer);
}

TEST(Security, RefusedLevelNeverLowersProtection) {
    for (const auto* line : {"PROT C", "PROT S", "PROT E", "CCC"}) {
        LoggedInPeer peer;
        script().then({{line, 534}, {"EPSV", 229}, {"STOR x", 150}}).check(peer);
        SecurePeer without;
        script()
            .then({{"USER alice", 331},
                   {"PASS secret", 230},
                   {line, 534},
                   {"EPSV", 229},
                   {"STOR x", 521},
                   {"PROT P", 200},
                   {"STOR x", 425}})
            .check(without);
        EXPECT_TRUE(without.transfers.empty());
    }
}

}  // namespace
}  // namespace sallyport::ftp
