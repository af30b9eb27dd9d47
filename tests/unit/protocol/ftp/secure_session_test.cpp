#include "protocol/ftp/secure_session.hpp"

#include <gtest/gtest.h>

#include "protocol/ftp/limits.hpp"
#include "tests/support/secure_peer.hpp"

namespace sallyport::ftp {
namespace {

using test::Ending;
using test::LoggedInPeer;
using test::script;
using test::SecurePeer;

TEST(SecureSession, GreetingNamesTheServer) {
    SecurePeer peer;
    const auto greeting = peer.session().greeting();
    EXPECT_EQ(greeting.code, 220);
    EXPECT_NE(greeting.text.find("files.example.com"), std::string::npos);
}

TEST(SecureSession, UnknownVerbIsNotRepeated) {
    SecurePeer peer;
    const auto answer = peer.ask("XYZZY plugh");
    EXPECT_EQ(answer.code, 500);
    EXPECT_EQ(answer.wire().find("XYZZY"), std::string::npos);
    EXPECT_EQ(answer.wire().find("plugh"), std::string::npos);
}

TEST(SecureSession, OtherProtocolsAreDroppedWithoutAWord) {
    for (const auto* line : {"GET / HTTP/1.1", "POST /", "EHLO x", "SSH-2.0-x", "\xff\xfd\x06"}) {
        SecurePeer before;
        script().client(line).ends(Ending::dropped).check(before);
        LoggedInPeer after;
        script().client(line).ends(Ending::dropped).check(after);
    }
}

TEST(SecureSession, LineThatIsTooLongCloses) {
    SecurePeer peer;
    script().bytes(std::string(max_line_bytes, 'A')).server(500).ends(Ending::closed).check(peer);
}

TEST(SecureSession, PipelinedCommandsAreAnsweredInOrder) {
    LoggedInPeer peer;
    script()
        .bytes("PWD\r\nMKD a\r\nCWD a\r\nPWD\r\nNOOP\r\nQUIT\r\nNOOP\r\n")
        .server(257, "\"/\"")
        .server(257, "\"/a\"")
        .server(250)
        .server(257, "\"/a\"")
        .server(200)
        .server(221)
        .ends(Ending::closed)
        .check(peer);
}

TEST(SecureSession, TenthBadCommandBeforeTheLoginCloses) {
    for (const auto* line : {"XYZZY", "", "STOR x", "PWD"}) {
        SecurePeer peer;
        const int code = peer.ask(line).code;
        EXPECT_TRUE(code == 500 || code == 530) << line;
        for (int i = 2; i < max_bad_commands_before_login; ++i) {
            script().client(line).server(code).check(peer);
        }
        script().client(line).server(421).ends(Ending::closed).check(peer);
    }
}

TEST(SecureSession, TwentiethBadCommandAfterTheLoginCloses) {
    LoggedInPeer peer;
    for (int i = 1; i < max_bad_commands; ++i) {
        script().client("XYZZY").server(500).check(peer);
    }
    script().client("XYZZY").server(421).ends(Ending::closed).check(peer);
}

TEST(SecureSession, CommandsThatFailAreNotBadCommands) {
    LoggedInPeer peer;
    for (int i = 0; i < 3 * max_bad_commands; ++i) {
        script().then({{"CWD /nowhere", 550}, {"PORT 1,2,3,4,5,6", 502}, {"CCC", 534}}).check(peer);
    }
}

TEST(SecureSession, LoggingInDoesNotForgiveBadCommands) {
    SecurePeer peer;
    for (int i = 1; i < max_bad_commands_before_login; ++i) {
        script().client("XYZZY").server(500).check(peer);
    }
    script().then({{"USER alice", 331}, {"PASS secret", 230}}).check(peer);
    for (int i = max_bad_commands_before_login; i < max_bad_commands; ++i) {
        script().client("XYZZY").server(500).check(peer);
    }
    script().client("XYZZY").server(421).ends(Ending::closed).check(peer);
}

TEST(SecureSession, UserDoesNotForgiveBadCommands) {
    SecurePeer peer;
    for (int i = 1; i < max_bad_commands_before_login; ++i) {
        script().then({{"XYZZY", 500}, {"USER alice", 331}}).check(peer);
    }
    script().client("XYZZY").server(421).ends(Ending::closed).check(peer);
}

}  // namespace
}  // namespace sallyport::ftp
