#include "protocol/ftp/line_decoder.hpp"

#include <gtest/gtest.h>

#include "protocol/ftp/limits.hpp"

namespace sallyport::ftp {
namespace {

using namespace std::string_literals;
using Lines = std::vector<std::string>;

std::string describe(const Decoded& line) {
    if (const auto* command = std::get_if<Command>(&line)) {
        return command->verb + "|" + std::string(command->argument.reveal());
    }
    if (std::holds_alternative<Malformed>(line)) return "malformed";
    return std::holds_alternative<Foreign>(line) ? "foreign" : "too long";
}

bool is_final(const std::string& line) {
    return line == "foreign" || line == "too long";
}

/// What comes out when the pieces arrive one after the other.
Lines decode(const std::vector<std::string_view>& pieces) {
    LineDecoder decoder;
    Lines lines;
    for (const auto piece : pieces) {
        decoder.feed(piece);
        while (const auto line = decoder.next()) {
            lines.push_back(describe(*line));
            if (is_final(lines.back())) return lines;
        }
    }
    return lines;
}

Lines decode(const std::string& bytes) {
    return decode(std::vector<std::string_view>{bytes});
}

TEST(LineDecoder, EverySplitGivesTheSameCommands) {
    const std::vector<std::pair<std::string, Lines>> scripts{
        {"USER alice\r\nPASS a b\r\nQUIT\r\n", {"USER|alice", "PASS|a b", "QUIT|"}},
        {"user a\nnoop\n", {"USER|a", "NOOP|"}},
        {"NOOP\n\r\nQUIT\r\n", {"NOOP|", "malformed", "QUIT|"}},
        {"STOR \xc3\xa9.csv\r\nRETR ", {"STOR|\xc3\xa9.csv"}},
        {"\xff\xf4\xff\xf2"
         "ABOR\r\nNOOP\r\n",
         {"ABOR|", "NOOP|"}},
        {"NOOP\r\n\xff\xfb\x01\r\nNOOP\r\n", {"NOOP|", "foreign"}},
        {"NOOP\r\n\x16\x03\x01\x02\x00"s, {"NOOP|", "foreign"}},
        {"NOOP\r\nGET / HTTP/1.1\r\nQUIT\r\n", {"NOOP|", "foreign"}},
    };
    for (const auto& [bytes, expected] : scripts) {
        const std::string_view all(bytes);
        EXPECT_EQ(decode(bytes), expected) << testing::PrintToString(bytes);
        for (std::size_t i = 0; i <= all.size(); ++i) {
            for (std::size_t j = i; j <= all.size(); ++j) {
                EXPECT_EQ(decode({all.substr(0, i), all.substr(i, j - i), all.substr(j)}), expected)
                    << testing::PrintToString(bytes) << " split at " << i << " and " << j;
            }
        }
    }
}

TEST(LineDecoder, ByteByByteGivesTheSameCommands) {
    const std::string bytes = "USER a\r\nPASS b\r\n";
    std::vector<std::string_view> pieces;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        pieces.push_back(std::string_view(bytes).substr(i, 1));
    }
    EXPECT_EQ(decode(pieces), (Lines{"USER|a", "PASS|b"}));
}

TEST(LineDecoder, LongestLineIsACommand) {
    for (const std::string& end : {"\n"s, "\r\n"s}) {
        const std::string name(max_line_bytes - 5 - end.size(), 'a');
        EXPECT_EQ(decode("STOR " + name + end), Lines{"STOR|" + name});
    }
}

TEST(LineDecoder, OneByteMoreIsTooLong) {
    for (const std::string& end : {"\n"s, "\r\n"s}) {
        const std::string line = "STOR " + std::string(max_line_bytes - 4 - end.size(), 'a') + end;
        EXPECT_EQ(decode(line), Lines{"too long"});
        const std::string_view all(line);
        EXPECT_EQ(decode({all.substr(0, all.size() - 1), all.substr(all.size() - 1)}),
                  Lines{"too long"});
    }
}

TEST(LineDecoder, LineWithoutEndIsTooLongAsSoonAsItCannotFit) {
    LineDecoder decoder;
    decoder.feed(std::string(max_line_bytes - 1, 'a'));
    EXPECT_FALSE(decoder.next());
    decoder.feed("a");
    const auto line = decoder.next();
    ASSERT_TRUE(line);
    EXPECT_EQ(describe(*line), "too long");
}

TEST(LineDecoder, LongLineBehindAShortOneIsTooLong) {
    EXPECT_EQ(decode("NOOP\r\n" + std::string(max_line_bytes, 'a')), (Lines{"NOOP|", "too long"}));
}

TEST(LineDecoder, NulAndBareCarriageReturnAreMalformed) {
    EXPECT_EQ(decode("STOR a\0b\r\n"s), Lines{"malformed"});
    EXPECT_EQ(decode("NO\0OP\r\n"s), Lines{"malformed"});
    EXPECT_EQ(decode("NOOP\rQUIT\r\n"), Lines{"malformed"});
    EXPECT_EQ(decode("NOOP\r\r\n"), Lines{"malformed"});
    EXPECT_EQ(decode("\r\n\n"), (Lines{"malformed", "malformed"}));
    EXPECT_EQ(decode("NOOP\n\r"), Lines{"NOOP|"});
}

TEST(LineDecoder, EightBitBytesAreOnlyAllowedInArguments) {
    EXPECT_EQ(decode("PASS \x80\xfe\xff\r\n"), Lines{"PASS|\x80\xfe\xff"});
    EXPECT_EQ(decode("NO\xc3\xa9P\r\n"), Lines{"malformed"});
}

TEST(LineDecoder, ForeignStartIsNoticedWithoutALineEnd) {
    EXPECT_EQ(decode("\x16\x03"s), Lines{"foreign"});
    EXPECT_EQ(decode("\xff\xfb"), Lines{"foreign"});
    EXPECT_EQ(decode("\xff\xfd"), Lines{"foreign"});
    EXPECT_EQ(decode("\xff\xff"), Lines{"foreign"});
}

TEST(LineDecoder, TelnetSynchIsWaitedFor) {
    EXPECT_EQ(decode("\xff\xf4"), Lines{});
    EXPECT_EQ(decode("\xff\xf4\xff\xf2"), Lines{});
    EXPECT_EQ(decode("\xff\xf4\xff\xfb\x01\r\n"), Lines{"foreign"});
}

TEST(LineDecoder, IsEmptyWhenAllBytesBecameLines) {
    LineDecoder decoder;
    EXPECT_TRUE(decoder.empty());
    decoder.feed("AUTH TLS\r");
    EXPECT_FALSE(decoder.next());
    EXPECT_FALSE(decoder.empty());
    decoder.feed("\nU");
    EXPECT_TRUE(decoder.next());
    EXPECT_FALSE(decoder.empty());
    decoder.feed("\n");
    EXPECT_TRUE(decoder.next());
    EXPECT_TRUE(decoder.empty());
}

TEST(LineDecoder, ManyLinesInOneFeedComeOutInOrder) {
    std::string bytes;
    Lines expected;
    for (int i = 0; i < 1000; ++i) {
        bytes += "CWD " + std::to_string(i) + "\r\n";
        expected.push_back("CWD|" + std::to_string(i));
    }
    EXPECT_EQ(decode(bytes), expected);
}

}  // namespace
}  // namespace sallyport::ftp
