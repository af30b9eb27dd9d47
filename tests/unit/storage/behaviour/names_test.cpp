#include <gtest/gtest.h>

#include <set>

#include "tests/unit/storage/backend_test.hpp"

namespace sallyport::test {
namespace {

class NamesBehaviour : public BackendTest {};
SALLYPORT_FOR_EVERY_BACKEND(NamesBehaviour);

using Names = std::vector<std::string>;

TEST_P(NamesBehaviour, MissingFileIsNotFound) {
    const Files alice = files();
    EXPECT_EQ(refusal(alice.stat("/none")), Error::not_found);
    EXPECT_EQ(refusal(alice.read("/none")), Error::not_found);
    EXPECT_EQ(refusal(alice.remove("/none")), Error::not_found);
    EXPECT_EQ(refusal(alice.rmdir("/none")), Error::not_found);
    EXPECT_EQ(refusal(alice.list("/none")), Error::not_found);
    EXPECT_EQ(refusal(alice.rename("/none", "/other")), Error::not_found);
    EXPECT_EQ(refusal(alice.set("/none", {})), Error::not_found);
}

TEST_P(NamesBehaviour, AFileIsNoDirectory) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/file"), "x"));
    EXPECT_EQ(refusal(alice.stat("/file/x")), Error::not_a_directory);
    EXPECT_EQ(refusal(alice.list("/file")), Error::not_a_directory);
    EXPECT_EQ(refusal(alice.rmdir("/file")), Error::not_a_directory);
    EXPECT_EQ(refusal(alice.mkdir("/file/x")), Error::not_a_directory);
    EXPECT_EQ(refusal(alice.remove("/file/x")), Error::not_a_directory);
}

TEST_P(NamesBehaviour, ADirectoryIsNoFile) {
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/in"));
    EXPECT_EQ(refusal(alice.read("/in")), Error::is_a_directory);
    EXPECT_EQ(refusal(alice.remove("/in")), Error::is_a_directory);
    EXPECT_EQ(alice.stat("/in")->type, storage::EntryType::directory);
    EXPECT_EQ(alice.stat("/in")->size, 0U);
}

TEST_P(NamesBehaviour, TheRootStaysWhatItIs) {
    const Files alice = files();
    EXPECT_EQ(alice.stat("/")->type, storage::EntryType::directory);
    EXPECT_EQ(alice.stat("/")->name, "");
    EXPECT_EQ(refusal(alice.mkdir("/")), Error::exists);
    EXPECT_EQ(refusal(alice.rmdir("/")), Error::forbidden);
    EXPECT_EQ(refusal(alice.remove("/")), Error::is_a_directory);
    EXPECT_EQ(refusal(alice.rename("/", "/x")), Error::forbidden);
    EXPECT_EQ(refusal(alice.set("/", {})), Error::forbidden);
    ASSERT_TRUE(alice.mkdir("/in"));
    EXPECT_EQ(refusal(alice.rename("/in", "/")), Error::exists);
}

TEST_P(NamesBehaviour, DirectoriesAreMadeOnceAndRemovedWhenEmpty) {
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/in"));
    EXPECT_EQ(refusal(alice.mkdir("/in")), Error::exists);
    EXPECT_EQ(refusal(alice.mkdir("/none/in")), Error::not_found);
    ASSERT_TRUE(alice.store(to("/in/a"), "x"));
    EXPECT_EQ(refusal(alice.rmdir("/in")), Error::not_empty);
    ASSERT_TRUE(alice.remove("/in/a"));
    EXPECT_TRUE(alice.rmdir("/in"));
    EXPECT_EQ(refusal(alice.stat("/in")), Error::not_found);
}

TEST_P(NamesBehaviour, AFileMovesAcrossDirectories) {
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/in"));
    ASSERT_TRUE(alice.store(to("/a"), "x"));
    const std::string id = alice.stat("/a")->id;
    EXPECT_TRUE(alice.rename("/a", "/in/b"));
    EXPECT_EQ(refusal(alice.stat("/a")), Error::not_found);
    EXPECT_EQ(alice.read("/in/b").value(), "x");
    EXPECT_EQ(alice.stat("/in/b")->id, id);
    EXPECT_EQ(refusal(alice.rename("/in/b", "/none/b")), Error::not_found);
    EXPECT_EQ(alice.read("/in/b").value(), "x");
}

TEST_P(NamesBehaviour, ARenameReplacesOnlyWhenAllowed) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "a"));
    ASSERT_TRUE(alice.store(to("/b"), "b"));
    EXPECT_EQ(refusal(alice.rename("/a", "/b")), Error::exists);
    EXPECT_EQ(alice.read("/b").value(), "b");
    EXPECT_TRUE(alice.rename("/a", "/b", Overwrite::replace));
    EXPECT_EQ(alice.read("/b").value(), "a");
    EXPECT_EQ(alice.names("/"), Names{"b"});
}

TEST_P(NamesBehaviour, ARenameKeepsBackups) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "a"));
    ASSERT_TRUE(alice.store(to("/b"), "b"));
    EXPECT_TRUE(alice.rename("/a", "/b", Overwrite::keep));
    EXPECT_EQ(alice.read("/b").value(), "a");
    EXPECT_EQ(alice.read("/b.~1~").value(), "b");
}

TEST_P(NamesBehaviour, ADirectoryNeverReplacesAnything) {
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/in"));
    ASSERT_TRUE(alice.mkdir("/out"));
    ASSERT_TRUE(alice.store(to("/a"), "a"));
    for (const auto overwrite : {Overwrite::deny, Overwrite::replace, Overwrite::keep}) {
        EXPECT_EQ(refusal(alice.rename("/in", "/out", overwrite)), Error::exists);
        EXPECT_EQ(refusal(alice.rename("/in", "/a", overwrite)), Error::exists);
    }
    EXPECT_EQ(refusal(alice.rename("/a", "/in", Overwrite::replace)), Error::is_a_directory);
    EXPECT_EQ(refusal(alice.rename("/a", "/in", Overwrite::keep)), Error::is_a_directory);
    EXPECT_EQ(alice.names("/"), (Names{"a", "in", "out"}));
}

TEST_P(NamesBehaviour, ADirectoryMovesWithWhatIsInIt) {
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/in"));
    ASSERT_TRUE(alice.store(to("/in/a"), "a"));
    ASSERT_TRUE(alice.mkdir("/out"));
    EXPECT_TRUE(alice.rename("/in", "/out/in"));
    EXPECT_EQ(alice.read("/out/in/a").value(), "a");
}

TEST_P(NamesBehaviour, NothingMovesIntoItself) {
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/in"));
    EXPECT_EQ(refusal(alice.rename("/in", "/in/deeper")), Error::invalid_name);
    EXPECT_TRUE(alice.rename("/in", "/in"));
    EXPECT_EQ(alice.names("/"), Names{"in"});
}

TEST_P(NamesBehaviour, AListingComesInBatchesAndIsComplete) {
    const Files alice = files();
    std::set<std::string> expected;
    for (int i = 0; i < 25; ++i) {
        const std::string name = "file-" + std::to_string(i);
        ASSERT_TRUE(alice.store(to("/" + name), "x"));
        expected.insert(name);
    }
    alice.leave_partial("/partial", "x");
    expected.insert("partial");
    auto listing = run(alice.volume().list(path("/"))).value();
    std::set<std::string> seen;
    for (;;) {
        const auto batch = run(listing->next(7)).value();
        if (batch.empty()) break;
        EXPECT_LE(batch.size(), 7U);
        for (const Entry& entry : batch) EXPECT_TRUE(seen.insert(entry.name).second) << entry.name;
    }
    EXPECT_EQ(seen, expected);
    EXPECT_TRUE(run(listing->next(7)).value().empty());
}

TEST_P(NamesBehaviour, AttributesChangeOneByOne) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "a"));
    EXPECT_EQ(alice.stat("/a")->mode, 0640U);
    const storage::FileTime then = storage::FileTime(std::chrono::seconds(1'000'000'000));
    storage::AttributeChange change;
    change.modified = then;
    EXPECT_TRUE(alice.set("/a", change));
    EXPECT_EQ(alice.stat("/a")->modified, then);
    EXPECT_EQ(alice.stat("/a")->mode, 0640U);
    change.modified.reset();
    change.mode = 06755;
    EXPECT_TRUE(alice.set("/a", change));
    EXPECT_EQ(alice.stat("/a")->mode, 0755U);
    EXPECT_EQ(alice.stat("/a")->modified, then);
}

TEST_P(NamesBehaviour, TimesBefore1970AreTimes) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "a"));
    storage::AttributeChange change;
    change.modified = storage::FileTime(std::chrono::milliseconds(-1500));
    EXPECT_TRUE(alice.set("/a", change));
    EXPECT_EQ(alice.stat("/a")->modified, *change.modified);
}

TEST_P(NamesBehaviour, DirectoriesHaveAttributesToo) {
    const Files alice = files();
    ASSERT_TRUE(alice.mkdir("/in"));
    EXPECT_EQ(alice.stat("/in")->mode, 0750U);
    storage::AttributeChange change;
    change.mode = 0700;
    EXPECT_TRUE(alice.set("/in", change));
    EXPECT_EQ(alice.stat("/in")->mode, 0700U);
}

TEST_P(NamesBehaviour, ADownloadSeesOneVersion) {
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "old"));
    auto download = run(alice.volume().download(path("/a"))).value();
    ASSERT_TRUE(alice.store(to("/a", Overwrite::replace), "new"));
    std::string text(2, '\0');
    EXPECT_EQ(run(download->read(1, std::as_writable_bytes(std::span(text)))).value(), 2U);
    EXPECT_EQ(text, "ld");
    EXPECT_EQ(run(download->read(3, std::as_writable_bytes(std::span(text)))).value(), 0U);
    EXPECT_EQ(run(download->read(UINT64_MAX, std::as_writable_bytes(std::span(text)))).value(), 0U);
    EXPECT_EQ(download->entry().size, 3U);
    EXPECT_EQ(download->entry().name, "a");
}

TEST_P(NamesBehaviour, DigestsOfRanges) {
    using storage::DigestAlgorithm;
    const Files alice = files();
    ASSERT_TRUE(alice.store(to("/a"), "xx123456789yy"));
    auto digest = [&](DigestAlgorithm algorithm, std::uint64_t first, std::uint64_t last) {
        return run(alice.volume().digest(path("/a"), algorithm, first, last)).value();
    };
    EXPECT_EQ(digest(DigestAlgorithm::crc32, 2, 11), "cbf43926");
    EXPECT_EQ(digest(DigestAlgorithm::sha256, 0, UINT64_MAX),
              digest(DigestAlgorithm::sha256, 0, 13));
    EXPECT_NE(digest(DigestAlgorithm::sha256, 0, 12), digest(DigestAlgorithm::sha256, 0, 13));
    EXPECT_EQ(digest(DigestAlgorithm::crc32, 50, 60), "00000000");
    EXPECT_EQ(digest(DigestAlgorithm::crc32, 5, 3), "00000000");
    EXPECT_EQ(refusal(run(alice.volume().digest(path("/none"), DigestAlgorithm::md5))),
              Error::not_found);
}

TEST_P(NamesBehaviour, SpaceIsThere) {
    const auto space = run(files().volume().space());
    ASSERT_TRUE(space);
    EXPECT_GT(space->total, 0U);
    EXPECT_LE(space->free, space->total);
}

}  // namespace
}  // namespace sallyport::test
