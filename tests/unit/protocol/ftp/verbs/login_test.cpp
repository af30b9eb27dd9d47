#include <gtest/gtest.h>

#include "protocol/ftp/limits.hpp"
#include "tests/support/secure_peer.hpp"

namespace sallyport::ftp {
namespace {

using test::Ending;
using test::LoggedInPeer;
using test::script;
using test::SecurePeer;

TEST(Login, UserAndRightPasswordLogIn) {
    SecurePeer peer;
    script().then({{"USER alice", 331}, {"PASS secret", 230}, {"PWD", 257}}).check(peer);
    EXPECT_TRUE(peer.session().is_logged_in());
}

TEST(Login, WrongPasswordAndUnknownUserReadTheSame) {
    SecurePeer wrong;
    static_cast<void>(wrong.ask("USER alice"));
    SecurePeer unknown;
    static_cast<void>(unknown.ask("USER mallory"));
    const auto text = wrong.ask("PASS x").wire();
    EXPECT_EQ(text.substr(0, 3), "530");
    EXPECT_EQ(text, unknown.ask("PASS x").wire());
    EXPECT_FALSE(wrong.session().is_logged_in());
}

TEST(Login, ThirdWrongPasswordCloses) {
    SecurePeer peer;
    for (int i = 1; i < max_failed_logins; ++i) {
        script().then({{"USER alice", 331}, {"PASS x", 530}}).check(peer);
    }
    script()
        .then({{"USER bob", 331}})
        .client("PASS x")
        .server(421)
        .ends(Ending::closed)
        .check(peer);
}

TEST(Login, RightPasswordBeginsTheCountAnew) {
    SecurePeer peer;
    for (int i = 0; i < 5; ++i) {
        script()
            .then({{"USER alice", 331}, {"PASS x", 530}, {"USER alice", 331}, {"PASS secret", 230}})
            .check(peer);
    }
}

TEST(Login, EveryPasswordNeedsItsOwnUser) {
    SecurePeer peer;
    script()
        .then({{"PASS secret", 503},
               {"USER alice", 331},
               {"PASS x", 530},
               {"PASS secret", 503},
               {"USER", 501},
               {"PASS secret", 503}})
        .check(peer);
}

TEST(Login, PasswordAfterTheLoginIsRefused) {
    LoggedInPeer peer;
    script().client("PASS secret").server(503).check(peer);
    EXPECT_TRUE(peer.session().is_logged_in());
}

TEST(Login, LaterUserCounts) {
    SecurePeer peer;
    script().then({{"USER alice", 331}, {"USER bob", 331}, {"PASS secret", 530}}).check(peer);
    script().then({{"USER alice", 331}, {"USER bob", 331}, {"PASS hidden", 230}}).check(peer);
}

TEST(Login, PasswordIsTakenByteForByte) {
    for (const auto* line : {"PASS  secret", "PASS secret ", "PASS SECRET", "PASS", "PASS "}) {
        SecurePeer peer;
        script().then({{"USER alice", 331}, {line, 530}}).check(peer);
    }
}

TEST(Login, UserAgainForgetsEverything) {
    LoggedInPeer peer;
    script()
        .then({{"MKD a", 257},
               {"CWD a", 250},
               {"TYPE A", 200},
               {"OPTS HASH MD5", 200},
               {"REST 5", 350},
               {"ALLO 5", 200},
               {"EPSV ALL", 200},
               {"RNFR /a", 350},
               {"USER bob", 331},
               {"PWD", 530},
               {"STOR x", 530},
               {"RNTO /b", 530},
               {"PASS hidden", 230},
               {"PWD", 257, "\"/\""},
               {"RNTO /b", 503},
               {"OPTS HASH", 200, "SHA-256"},
               {"PASV", 227},
               {"STOR x", 150}})
        .check(peer);
    const auto* received = peer.latest<Receive>();
    ASSERT_NE(received, nullptr);
    EXPECT_FALSE(received->ascii);
    EXPECT_EQ(received->request.start.kind, storage::UploadStart::Kind::fresh);
    EXPECT_EQ(received->request.announced_size, 0U);
}

TEST(Login, UserWithoutANameChangesNothing) {
    LoggedInPeer peer;
    script().then({{"USER", 501}, {"PWD", 257}}).check(peer);
}

TEST(Login, TlsSurvivesUserAgain) {
    LoggedInPeer peer;
    script()
        .then({{"USER alice", 331}, {"PASS secret", 230}, {"AUTH TLS", 503}, {"EPSV", 229}})
        .check(peer);
}

TEST(Login, CertificateThatSufficesNeedsNoPassword) {
    SecurePeer peer(false, true);
    script().then({{"USER carol", 232}, {"PWD", 257}, {"PASS secret", 503}}).check(peer);
    EXPECT_TRUE(peer.session().is_logged_in());
}

TEST(Login, CertificateThatDoesNotSufficeLeavesThePassword) {
    SecurePeer peer(false, true);
    SecurePeer without;
    EXPECT_EQ(peer.ask("USER alice").wire(), without.ask("USER alice").wire());
    EXPECT_FALSE(peer.session().is_logged_in());
    script()
        .then({{"PWD", 530}, {"PASS x", 530}, {"USER alice", 331}, {"PASS secret", 230}})
        .check(peer);
}

TEST(Login, AcctIsSuperfluous) {
    SecurePeer peer;
    script().then({{"ACCT x", 202}, {"ACCT", 202}}).check(peer);
}

TEST(Login, QuitCloses) {
    SecurePeer peer;
    script().client("QUIT").server(221).ends(Ending::closed).check(peer);
}

}  // namespace
}  // namespace sallyport::ftp
