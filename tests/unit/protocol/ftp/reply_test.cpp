#include "protocol/ftp/reply.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <map>

namespace sallyport::ftp {
namespace {

using namespace std::string_literals;

TEST(Reply, OneLine) {
    EXPECT_EQ(reply(200, "OK.").wire(), "200 OK.\r\n");
}

TEST(Reply, SeveralLines) {
    EXPECT_EQ(reply(211, "Features:", {"EPSV", "MLST a;b"}, "End.").wire(),
              "211-Features:\r\n EPSV\r\n MLST a;b\r\n211 End.\r\n");
}

TEST(Reply, SeveralLinesWithoutMiddleAreTheLastAlone) {
    EXPECT_EQ(reply(212, "Contents", {}, "End.").wire(), "212 End.\r\n");
}

TEST(Reply, MiddleLinesCannotEndTheReply) {
    EXPECT_EQ(reply(211, "a", {"211 End."}, "b").wire(), "211-a\r\n 211 End.\r\n211 b\r\n");
}

TEST(Reply, ControlCharactersCannotForgeAReply) {
    const std::string evil = "x\r\n230 Logged in.\x7f\x1b[2J\0"s;
    const std::string tame = "x??230 Logged in.??[2J?";
    EXPECT_EQ(reply(550, evil).wire(), "550 " + tame + "\r\n");
    EXPECT_EQ(reply(211, evil, {evil}, evil).wire(),
              "211-" + tame + "\r\n " + tame + "\r\n211 " + tame + "\r\n");
}

TEST(Reply, NonAsciiNamesStay) {
    EXPECT_EQ(reply(257, "\"/\xc3\xa9\"").wire(), "257 \"/\xc3\xa9\"\r\n");
}

TEST(Reply, IsPositiveBelowFourHundred) {
    EXPECT_TRUE(reply(150, "").positive());
    EXPECT_TRUE(reply(399, "").positive());
    EXPECT_FALSE(reply(400, "").positive());
    EXPECT_FALSE(reply(550, "").positive());
}

TEST(QuotePath, DoublesQuotes) {
    EXPECT_EQ(quote_path("/"), "\"/\"");
    EXPECT_EQ(quote_path("/a b"), "\"/a b\"");
    EXPECT_EQ(quote_path("/a\"b"), "\"/a\"\"b\"");
    EXPECT_EQ(quote_path("\"\""), "\"\"\"\"\"\"");
}

TEST(ReplyToStorageError, EveryErrorHasItsCode) {
    using enum storage::Error;
    const std::map<storage::Error, int> expected{
        {invalid_name, 553},
        {not_found, 550},
        {exists, 550},
        {not_a_directory, 550},
        {is_a_directory, 550},
        {not_a_regular_file, 550},
        {not_empty, 550},
        {forbidden, 550},
        {read_only, 550},
        {no_space, 452},
        {quota_exceeded, 552},
        {too_large, 552},
        {crosses_folders, 550},
        {bad_offset, 554},
        {changed, 450},
        {unavailable, 450},
        {io, 451},
    };
    ASSERT_EQ(expected.size(), static_cast<std::size_t>(io) + 1) << "an error is missing here";
    for (const auto& [error, code] : expected) {
        const auto answer = reply_to(error);
        EXPECT_EQ(answer.code, code) << storage::describe(error);
        EXPECT_TRUE(answer.middle.empty());
        EXPECT_TRUE(std::isupper(static_cast<unsigned char>(answer.text.front()))) << answer.text;
        EXPECT_TRUE(answer.text.ends_with('.')) << answer.text;
    }
}

}  // namespace
}  // namespace sallyport::ftp
