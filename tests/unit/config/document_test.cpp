#include "config/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/config_files.hpp"

namespace sallyport::config {
namespace {

using testing::ElementsAre;

class DocumentTest : public ConfigFiles {};

TEST_F(DocumentTest, SyntaxErrorsHaveTheirPlace) {
    EXPECT_THAT(problems_of_whole("[server]\nname = \"x\n"),
                ElementsAre("main.toml:2:10: error: not valid TOML: Error while parsing string: "
                            "unescaped control characters other than TAB (U+0009) are explicitly "
                            "prohibited"));
    EXPECT_THAT(problems_of_whole("[server\n"),
                ElementsAre("main.toml:1:8: error: not valid TOML: Error while parsing table "
                            "header: expected ']', saw '\\n'"));
}

TEST_F(DocumentTest, PieceOfTheFileInAnErrorBreaksNoLine) {
    EXPECT_THAT(problems_of_whole("x = tr\n\n\n"),
                ElementsAre("main.toml:1:7: error: not valid TOML: Error while parsing boolean: "
                            "expected 'true', saw 'tr\\x0a'"));
}

TEST_F(DocumentTest, SameKeyTwiceInOneFileIsASyntaxError) {
    EXPECT_THAT(problems_of("[limits]\nidle = \"1m\"\nidle = \"2m\"\n"),
                ElementsAre("main.toml:13:8: error: not valid TOML: Error while parsing key-value "
                            "pair: cannot redefine existing string 'idle'"));
}

TEST_F(DocumentTest, InvalidUtf8IsRefused) {
    const auto problems = problems_of_whole("[server]\nname = \"\xff\"\n");
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_THAT(problems[0], testing::HasSubstr("error: not valid TOML: "));
}

TEST_F(DocumentTest, LineThatIsTooLongIsRefusedBeforeParsing) {
    std::string keys;
    while (keys.size() <= max_line_bytes) keys += "a.";
    EXPECT_THAT(problems_of_whole("x = 1\n" + keys + "a = 1\n"),
                ElementsAre("main.toml:2:1: error: line is too long; a line may have 8192 bytes"));
}

TEST_F(DocumentTest, DeepestKeysThatFitALineAreReported) {
    std::string keys;
    while (keys.size() < max_line_bytes - 10) keys += "a.";
    const auto problems = problems_of(keys + "a = 1\n");
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_THAT(problems[0], testing::HasSubstr("unknown key \"a\""));
}

TEST_F(DocumentTest, FileThatIsMissingSaysSo) {
    EXPECT_THAT(printed(load(folder_ / "none.toml").problems),
                ElementsAre("none.toml: error: cannot read \"none.toml\": No such file or "
                            "directory"));
}

TEST_F(DocumentTest, FileThatIsNotRegularIsRefusedWithoutWaiting) {
    ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
    EXPECT_THAT(printed(load(folder_ / "pipe").problems),
                ElementsAre("pipe: error: \"pipe\" is not a regular file"));
    EXPECT_THAT(printed(load(folder_ / ".").problems), testing::SizeIs(1));
    EXPECT_THAT(printed(load("/dev/zero").problems),
                ElementsAre("/dev/zero: error: \"/dev/zero\" is not a regular file"));
}

TEST_F(DocumentTest, FileThatIsTooLargeIsRefused) {
    write("large.toml", "");
    std::filesystem::resize_file(folder_ / "large.toml", max_file_bytes + 1);
    EXPECT_THAT(printed(load(folder_ / "large.toml").problems),
                ElementsAre("large.toml: error: \"large.toml\" is too large; at most 4194304 bytes "
                            "are read"));
}

TEST_F(DocumentTest, EveryTruncationIsReportedOrLoaded) {
    std::string text(minimal);
    text += "[policy.p]\nallow = [\"list\", 'stat']\n";
    text += "[user.a]\npolicy = \"p\"\nexpires = 2027-06-30\n";
    for (std::size_t length = 0; length <= text.size(); ++length) {
        const auto loaded = load_text(text.substr(0, length));
        EXPECT_EQ(loaded.config == nullptr, !loaded.problems.empty()) << length;
    }
}

}  // namespace
}  // namespace sallyport::config
