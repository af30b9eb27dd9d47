#include "config/include.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/config_files.hpp"

namespace sallyport::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class IncludeTest : public ConfigFiles {
  protected:
    /// Loads `minimal` with these patterns.
    Loaded load_with(const std::string& patterns) {
        return load_text("[server]\ninclude = " + patterns + "\n" + std::string(minimal));
    }
};

TEST_F(IncludeTest, PatternsBeginAtTheIncludingFile) {
    write("d/1.toml", "[policy.one]\npreset = \"full\"\n");
    write("d/2.toml", "[user.two]\npolicy = \"one\"\n");
    write("d/3.conf", "not read");
    const auto loaded = load_with("[\"d/*.toml\"]");
    EXPECT_THAT(printed(loaded.problems), IsEmpty());
    EXPECT_TRUE(loaded.config->users->contains("two"));
    EXPECT_THAT(loaded.config->sources.files,
                ElementsAre(folder_ / "main.toml", folder_ / "d/1.toml", folder_ / "d/2.toml"));
    EXPECT_THAT(loaded.config->sources.folders, ElementsAre(folder_ / "d"));
}

TEST_F(IncludeTest, WildcardsMayMatchNothing) {
    EXPECT_THAT(printed(load_with("[\"users/*.toml\"]").problems), IsEmpty());
}

TEST_F(IncludeTest, NameWithoutWildcardsMustExist) {
    EXPECT_THAT(printed(load_with("[\"users.toml\"]").problems),
                ElementsAre("main.toml:2:12: error: cannot read \"users.toml\": No such file or "
                            "directory"));
}

TEST_F(IncludeTest, FolderIsNotAFile) {
    write("d/x", "");
    EXPECT_THAT(printed(load_with("[\"*.toml\", \"d\"]").problems),
                ElementsAre("main.toml:2:22: error: \"d\" is not a regular file"));
}

TEST_F(IncludeTest, FileIsReadOnce) {
    write("d/1.toml", "[policy.one]\npreset = \"full\"\n");
    EXPECT_THAT(printed(load_with("[\"d/1.toml\", \"d/*.toml\", \"d/../d/1.toml\"]").problems),
                IsEmpty());
}

TEST_F(IncludeTest, PatternThatMatchesTheMainFileSkipsIt) {
    EXPECT_THAT(printed(load_with("[\"*.toml\"]").problems), IsEmpty());
}

TEST_F(IncludeTest, FolderWithWildcardCharactersIsTakenLiterally) {
    write("a[b]*/main.toml", "[server]\ninclude = [\"u*.toml\"]\n" + std::string(minimal));
    write("a[b]*/users.toml", "[user.a b]\n");
    EXPECT_THAT(printed(load(folder_ / "a[b]*/main.toml").problems), testing::SizeIs(1));
}

TEST_F(IncludeTest, RelativePathsBeginAtTheFileTheyStandIn) {
    write("d/storage.toml", "[log]\nfile = \"server.log\"\n");
    const auto loaded = load_with("[\"d/*.toml\"]");
    ASSERT_TRUE(loaded.config);
    EXPECT_EQ(loaded.config->log.file, (folder_ / "d/server.log").native());
}

TEST_F(IncludeTest, SecondDefinitionNamesBothPlaces) {
    write("d/1.toml", "[policy.one]\npreset = \"full\"\n\n[log]\nlevel = \"info\"\n");
    write("d/2.toml", "[log]\nformat = \"text\"\nlevel = \"debug\"\n\n[policy.one]\n");
    EXPECT_THAT(printed(load_with("[\"d/*.toml\"]").problems),
                ElementsAre("d/2.toml:3:9: error: `level` of [log] is defined a second time; the "
                            "first is at d/1.toml:5:9",
                            "d/2.toml:5:9: error: [policy.one] is defined a second time; the first "
                            "is at d/1.toml:1:9"));
}

TEST_F(IncludeTest, IncludedFileCannotIncludeMore) {
    write("d/1.toml", "[server]\ninclude = [\"2.toml\"]\n");
    write("d/2.toml", "broken");
    EXPECT_THAT(printed(load_with("[\"d/1.toml\"]").problems),
                ElementsAre("d/1.toml:2:11: error: `include` of [server] is defined a second time; "
                            "the first is at main.toml:2:11"));
}

TEST_F(IncludeTest, MistakesAreSortedByFileThenLine) {
    write("d/2.toml", "x = 1\n\n[limits]\nidel = 1\n");
    write("d/1.toml", "[log]\nlevel = 1\n");
    const auto problems = printed(load_with("[\"d/2.toml\", \"d/1.toml\"]").problems);
    ASSERT_EQ(problems.size(), 3U);
    EXPECT_TRUE(problems[0].starts_with("d/1.toml:2:9: ")) << problems[0];
    EXPECT_TRUE(problems[1].starts_with("d/2.toml:1:1: ")) << problems[1];
    EXPECT_TRUE(problems[2].starts_with("d/2.toml:4:1: ")) << problems[2];
}

}  // namespace
}  // namespace sallyport::config
