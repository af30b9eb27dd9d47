#include "protocol/ftp/verb_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "tests/support/secure_peer.hpp"

namespace sallyport::ftp {
namespace {

using test::LoggedInPeer;
using test::script;
using test::SecurePeer;
using Names = std::set<std::string, std::less<>>;

Names words(const char* text) {
    std::istringstream stream(text);
    return {std::istream_iterator<std::string>(stream), {}};
}

// Written down here a second time on purpose: a row with the wrong access must not pass.
const Names refused = words("CCC EPRT PORT REIN");
const Names before_login =
    words("ACCT AUTH CLNT CSID FEAT HELP HOST LANG NOOP OPTS PASS PBSZ PROT QUIT STAT SYST USER");
const Names with_data = words("APPE LIST MLSD NLST RETR STOR STOU");
const Names after_login = words(
    "ABOR ALLO AVBL CDUP CWD DELE EPSV HASH MDTM MFF MFMT MKD MLST MODE PASV PWD REST RMD RNFR "
    "RNTO "
    "SITE SIZE STRU TYPE XCRC XCUP XCWD XMD5 XMKD XPWD XRMD XSHA1 XSHA256 XSHA512");

Names names_with(Access access) {
    Names names;
    for (const auto& row : verb_table()) {
        if (row.access == access) names.emplace(row.name);
    }
    return names;
}

std::string with_argument(const VerbRow& row) {
    return std::string(row.name) + " x";
}

TEST(VerbTable, HoldsExactlyTheVerbsOfTheServer) {
    EXPECT_EQ(names_with(Access::never), refused);
    EXPECT_EQ(names_with(Access::anytime), before_login);
    EXPECT_EQ(names_with(Access::login), after_login);
    EXPECT_EQ(names_with(Access::transfer), with_data);
}

TEST(VerbTable, RowThatForgetsItsAccessIsRefused) {
    EXPECT_EQ(VerbRow{"X"}.access, Access::never);
    EXPECT_EQ(VerbRow{"X"}.in_transfer, InTransfer::waits);
}

TEST(VerbTable, EveryRowIsFoundAndNothingElse) {
    for (const auto& row : verb_table()) EXPECT_EQ(find_verb(row.name), &row) << row.name;
    for (const auto* verb : {"", "A", "STO", "STORE", "stor", "ZZZZ", "SSCN", "CPSV"}) {
        EXPECT_EQ(find_verb(verb), nullptr) << verb;
    }
}

TEST(VerbTable, BeforeTheLoginOnlyRowsForAnytimeAct) {
    for (const auto& row : verb_table()) {
        if (row.access == Access::never || row.access == Access::anytime) continue;
        for (const auto& line : {std::string(row.name), with_argument(row)}) {
            SecurePeer peer;
            script().client(line).server(530).check(peer);
            EXPECT_TRUE(peer.transfers.empty());
        }
    }
}

TEST(VerbTable, BeforeTheLoginRowsForAnytimeAnswer) {
    for (const auto& row : verb_table()) {
        if (row.access != Access::anytime) continue;
        SecurePeer peer;
        const int code = peer.ask(row.name).code;
        EXPECT_NE(code, 500) << row.name;
        EXPECT_NE(code, 502) << row.name;
        EXPECT_NE(code, 521) << row.name;
        EXPECT_NE(code, 530) << row.name;
    }
}

TEST(VerbTable, UserAloneIsNoLogin) {
    for (const auto& row : verb_table()) {
        if (row.access != Access::login && row.access != Access::transfer) continue;
        SecurePeer peer;
        script().then({{"USER alice", 331}, {with_argument(row), 530}}).check(peer);
    }
}

TEST(VerbTable, WithoutProtPNoRowTouchesADataConnection) {
    for (const auto& row : verb_table()) {
        SecurePeer peer;
        script().then({{"USER alice", 331}, {"PASS secret", 230}}).check(peer);
        const auto answer = peer.ask(with_argument(row));
        EXPECT_EQ(answer.code == 521, row.access == Access::transfer) << row.name << answer.wire();
        EXPECT_TRUE(peer.transfers.empty()) << row.name;
    }
}

TEST(VerbTable, AfterLoginAndProtPNoRowIsRefusedForItsAccess) {
    for (const auto& row : verb_table()) {
        if (row.access == Access::never) continue;
        LoggedInPeer peer;
        const int code = peer.ask(with_argument(row)).code;
        EXPECT_NE(code, 500) << row.name;
        EXPECT_NE(code, 502) << row.name;
        EXPECT_NE(code, 521) << row.name;
        EXPECT_NE(code, 530) << row.name;
    }
}

TEST(VerbTable, RowsThatNeverWorkAreRefusedAtAnyTime) {
    for (const auto& name : refused) {
        const int code = name == "CCC" ? 534 : 502;
        for (const auto& line : {name, name + " 1,2,3,4,5,6", name + " |1|192.0.2.1|22|"}) {
            SecurePeer before;
            script().client(line).server(code).check(before);
            LoggedInPeer after;
            script().client(line).server(code).check(after);
        }
    }
}

TEST(VerbTable, OnlyAborAndStatAreTakenDuringATransfer) {
    for (const auto& row : verb_table()) {
        const auto expected = row.name == "ABOR"   ? InTransfer::aborts
                              : row.name == "STAT" ? InTransfer::at_once
                                                   : InTransfer::waits;
        EXPECT_EQ(row.in_transfer, expected) << row.name;
    }
}

TEST(FeatureReply, ListsWhatWorks) {
    const auto answer = feature_reply();
    EXPECT_EQ(answer.code, 211);
    const std::vector<std::string> expected{
        "AUTH TLS",
        "AVBL",
        "CLNT",
        "CSID",
        "EPSV",
        "HASH SHA-256*;SHA-512;SHA-1;MD5;CRC32",
        "HOST",
        "LANG EN*",
        "MDTM",
        "MFF Modify;UNIX.mode;",
        "MFMT",
        "MLST type*;size*;modify*;perm*;unique*;UNIX.mode*;",
        "PASV",
        "PBSZ",
        "PROT",
        "REST STREAM",
        "SITE CHMOD;UTIME",
        "SIZE",
        "TVFS",
        "UTF8",
        "XCRC",
        "XMD5",
        "XSHA1",
        "XSHA256",
        "XSHA512",
    };
    EXPECT_EQ(answer.middle, expected);
}

TEST(FeatureReply, EveryLineIsARowThatWorks) {
    for (const auto& line : feature_reply().middle) {
        const auto word = line.substr(0, line.find(' '));
        if (word == "TVFS" || word == "UTF8") continue;  // behaviour, not a verb
        const auto* row = find_verb(word);
        ASSERT_NE(row, nullptr) << line;
        EXPECT_NE(row->access, Access::never) << line;
    }
}

TEST(HelpReply, ListsExactlyTheRowsThatWork) {
    const auto answer = help_reply({});
    EXPECT_EQ(answer.code, 214);
    Names listed;
    for (const auto& line : answer.middle) listed.merge(words(line.c_str()));
    Names working;
    for (const auto& row : verb_table()) {
        if (row.access != Access::never) working.emplace(row.name);
    }
    EXPECT_EQ(listed, working);
    EXPECT_FALSE(listed.contains("CCC") || listed.contains("PORT") || listed.contains("EPRT"));
}

TEST(HelpReply, OfOneVerbIsItsSyntax) {
    for (const auto& row : verb_table()) {
        const auto answer = help_reply(row.name);
        EXPECT_EQ(answer.code, row.access == Access::never ? 504 : 214) << row.name;
        if (answer.code == 214) {
            EXPECT_NE(answer.text.find(row.name), std::string::npos) << row.name;
        }
    }
    EXPECT_EQ(help_reply("stor").code, 214);
    EXPECT_EQ(help_reply("XYZZY").code, 504);
    EXPECT_EQ(help_reply("XYZZY").wire().find("XYZZY"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::ftp
