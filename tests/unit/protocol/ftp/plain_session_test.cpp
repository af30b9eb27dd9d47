#include "protocol/ftp/plain_session.hpp"

#include <gtest/gtest.h>

#include "protocol/ftp/limits.hpp"
#include "protocol/ftp/verb_table.hpp"
#include "tests/support/plain_peer.hpp"

namespace sallyport::ftp {
namespace {

using test::Ending;
using test::PlainPeer;
using test::script;

TEST(PlainSession, GreetingNamesServerAndWayOn) {
    const auto greeting = PlainPeer().greeting();
    EXPECT_EQ(greeting.code, 220);
    EXPECT_NE(greeting.text.find("files.example.com"), std::string::npos);
    EXPECT_NE(greeting.text.find("AUTH TLS"), std::string::npos);
}

TEST(PlainSession, FiveVerbsAreAnswered) {
    PlainPeer peer;
    script()
        .then({{"NOOP", 200}, {"FEAT", 211, "AUTH TLS"}, {"HELP", 214, "AUTH TLS"}})
        .client("QUIT")
        .server(221)
        .ends(Ending::closed)
        .check(peer);
    PlainPeer other;
    script().client("AUTH TLS").server(234).ends(Ending::tls).check(other);
}

TEST(PlainSession, AnyNumberOfAllowedVerbsIsAnswered) {
    PlainPeer peer;
    for (int i = 0; i < 20; ++i) {
        script().then({{"NOOP", 200}, {"FEAT", 211}, {"HELP", 214}}).check(peer);
    }
}

TEST(PlainSession, EveryOtherVerbIsRefused) {
    for (const auto& row : verb_table()) {
        const auto name = row.name;
        if (name == "AUTH" || name == "FEAT" || name == "HELP" || name == "NOOP" ||
            name == "QUIT" || name == "PASS") {
            continue;
        }
        PlainPeer peer;
        script().client(std::string(name) + " x").server(530, "AUTH TLS").check(peer);
    }
}

TEST(PlainSession, UnknownVerbsAndMalformedLinesAreRefused) {
    for (const auto* line : {"XYZZY", "", " USER a", "0NOOP"}) {
        PlainPeer peer;
        script().client(line).server(530, "AUTH TLS").check(peer);
    }
}

TEST(PlainSession, ThirdRefusalCloses) {
    PlainPeer peer;
    script()
        .then({{"USER alice", 530, "AUTH TLS"}, {"NOOP", 200}, {"USER alice", 530, "AUTH TLS"}})
        .client("USER alice")
        .server(421, "AUTH TLS")
        .ends(Ending::closed)
        .check(peer);
}

TEST(PlainSession, PasswordIsRefusedUnreadAndNeverRepeated) {
    PlainPeer peer;
    const auto answers = peer.say("PASS hunter2\r\nNOOP\r\n");
    ASSERT_EQ(answers.replies.size(), 1U);
    EXPECT_EQ(answers.ending, Ending::cleartext_password);
    EXPECT_EQ(answers.replies[0].code, 530);
    EXPECT_NE(answers.replies[0].text.find("AUTH TLS"), std::string::npos);
    EXPECT_EQ(answers.replies[0].wire().find("hunter2"), std::string::npos);
    EXPECT_EQ(answers.replies[0].wire(), PlainPeer().say("PASS other\r\n").replies[0].wire())
        << "the reply must not depend on the password";
}

TEST(PlainSession, UserNameIsNeverRepeated) {
    for (const auto& reply : PlainPeer().say("USER mallory\r\nCWD mallory\r\n").replies) {
        EXPECT_EQ(reply.wire().find("mallory"), std::string::npos);
    }
}

TEST(PlainSession, PasswordOfAPipeliningClientIsReported) {
    PlainPeer peer;
    script()
        .bytes("USER alice\r\nPASS hunter2\r\n")
        .server(530)
        .server(530)
        .ends(Ending::cleartext_password)
        .check(peer);
}

ftp::CleartextPassword exposed_by(std::string_view bytes) {
    ftp::PlainSession session("files.example.com");
    ftp::LineDecoder decoder;
    decoder.feed(bytes);
    while (const auto line = decoder.next()) {
        auto outcome = session.handle(*line, false);
        if (auto* password = std::get_if<ftp::CleartextPassword>(&outcome)) {
            return std::move(*password);
        }
    }
    throw std::runtime_error("no password was seen");
}

TEST(PlainSession, ExposedPasswordComesWithTheNameThatWasSaidLast) {
    const auto exposed = exposed_by("USER alice\r\nUSER bob\r\nPASS hunter2\r\n");
    EXPECT_EQ(exposed.user, "bob");
    EXPECT_EQ(exposed.password.reveal(), "hunter2");
    EXPECT_EQ(exposed_by("PASS hunter2\r\n").user, "");
    EXPECT_EQ(exposed_by("USER\r\nPASS hunter2\r\n").user, "");
}

TEST(PlainSession, NameTooLongForAUserIsNotKeptWhole) {
    const std::string name(1000, 'a');
    EXPECT_EQ(exposed_by("USER " + name + "\r\nPASS x\r\n").user, std::string(65, 'a'));
}

TEST(PlainSession, AuthMechanisms) {
    struct Row {
        std::string_view line;
        int code;
        Ending ending;
    };
    const Row rows[] = {
        {"AUTH TLS", 234, Ending::tls},    {"auth tls", 234, Ending::tls},
        {"AUTH TLS-C", 234, Ending::tls},  {"AUTH SSL", 234, Ending::tls},
        {"AUTH", 501, Ending::open},       {"AUTH ", 501, Ending::open},
        {"AUTH TLS-P", 504, Ending::open}, {"AUTH GSSAPI", 504, Ending::open},
        {"AUTH TLS x", 504, Ending::open}, {"AUTH KERBEROS_V4", 504, Ending::open},
    };
    for (const auto& row : rows) {
        PlainPeer peer;
        script().client(row.line).server(row.code).ends(row.ending).check(peer);
    }
}

TEST(PlainSession, NothingMayFollowAuthTls) {
    for (const auto* rest : {"USER x\r\n", "U", "\r\n", "\x16\x03\x01"}) {
        PlainPeer peer;
        script()
            .bytes(std::string("AUTH TLS\r\n") + rest)
            .server(503)
            .ends(Ending::injection)
            .check(peer);
    }
}

TEST(PlainSession, OtherProtocolsAreDroppedWithoutAWord) {
    for (const auto* line : {"GET / HTTP/1.1", "EHLO x", "SSH-2.0-x", "\xff\xfb\x01"}) {
        PlainPeer peer;
        script().client(line).ends(Ending::dropped).check(peer);
    }
}

TEST(PlainSession, LineThatIsTooLongCloses) {
    PlainPeer peer;
    script().bytes(std::string(max_line_bytes, 'A')).server(500).ends(Ending::closed).check(peer);
}

}  // namespace
}  // namespace sallyport::ftp
