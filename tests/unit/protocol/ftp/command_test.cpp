#include "protocol/ftp/command.hpp"

#include <gtest/gtest.h>

namespace sallyport::ftp {
namespace {

using namespace std::string_literals;

TEST(ParseLine, VerbIsFoldedAndArgumentIsKept) {
    struct Row {
        std::string_view line;
        std::string_view verb;
        std::string_view argument;
    };
    const Row rows[] = {
        {"NOOP", "NOOP", ""},
        {"noop", "NOOP", ""},
        {"User Alice", "USER", "Alice"},
        {"PASS ", "PASS", ""},
        {"PASS  two spaces ", "PASS", " two spaces "},
        {"STOR a b.csv", "STOR", "a b.csv"},
        {"XSHA256 f", "XSHA256", "f"},
        {"ABCDEFGH x", "ABCDEFGH", "x"},
        {"CWD GET", "CWD", "GET"},
        {"SITE\tx y", "", ""},
        {"STOR a\tb", "STOR", "a\tb"},
    };
    for (const auto& row : rows) {
        const auto parsed = parse_line(row.line);
        const auto* command = std::get_if<Command>(&parsed);
        if (row.verb.empty()) {
            EXPECT_EQ(command, nullptr) << row.line;
            continue;
        }
        ASSERT_NE(command, nullptr) << row.line;
        EXPECT_EQ(command->verb, row.verb);
        EXPECT_EQ(command->argument.reveal(), row.argument);
    }
}

TEST(ParseLine, WhatIsNoCommandIsMalformed) {
    for (const auto& line : {""s, " "s, " NOOP"s, "ABCDEFGHI"s, "ABCDEFGHI x"s, "NO-OP"s, "0NOOP"s,
                             "NO_OP"s, "*"s, "USER\0a"s, "USER a\0b"s, "USER a\rPASS b"s,
                             "USER a\nPASS b"s, "\x7f"s, "\x80"s, "\t"s, std::string(4000, 'A')}) {
        EXPECT_TRUE(std::holds_alternative<Malformed>(parse_line(line)))
            << testing::PrintToString(line);
    }
}

TEST(ParseLine, OtherProtocolsAreForeign) {
    for (const auto& line : {"GET / HTTP/1.1"s,
                             "get /"s,
                             "GET"s,
                             "HEAD / HTTP/1.0"s,
                             "POST /upload HTTP/1.1"s,
                             "PUT /x HTTP/1.1"s,
                             "DELETE /x HTTP/1.1"s,
                             "OPTIONS * HTTP/1.1"s,
                             "CONNECT a:21 HTTP/1.1"s,
                             "PATCH /x HTTP/1.1"s,
                             "TRACE / HTTP/1.1"s,
                             "PRI * HTTP/2.0"s,
                             "EHLO mail.example"s,
                             "HELO mail.example"s,
                             "LHLO x"s,
                             "SSH-2.0-OpenSSH_9.2"s,
                             "ssh-1.99-x"s,
                             "\x16\x03\x01\x02"s,
                             "\xff\xfb\x01"s,
                             "\xff\xfd\x03"s,
                             "\xff\xff"s,
                             "\xff"s,
                             "\xff\xf4\xff\xfb\x01"s}) {
        EXPECT_TRUE(std::holds_alternative<Foreign>(parse_line(line)))
            << testing::PrintToString(line);
    }
}

TEST(ParseLine, TelnetSynchBeforeACommandIsSkipped) {
    for (const auto& line : {"\xff\xf4\xff\xf2"
                             "ABOR"s,
                             "\xff\xf2"
                             "ABOR"s,
                             "\xff\xf4"
                             "ABOR"s}) {
        const auto parsed = parse_line(line);
        const auto* command = std::get_if<Command>(&parsed);
        ASSERT_NE(command, nullptr) << testing::PrintToString(line);
        EXPECT_EQ(command->verb, "ABOR");
    }
}

TEST(ForeignStart, IsTelnetOrTls) {
    for (int byte = 0; byte < 256; ++byte) {
        EXPECT_EQ(is_foreign_start(static_cast<char>(byte)), byte == 0xff || byte == 0x16) << byte;
    }
}

}  // namespace
}  // namespace sallyport::ftp
