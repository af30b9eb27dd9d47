#include <gtest/gtest.h>

#include "server/events/file_events.hpp"
#include "server/events/reporting_volume.hpp"
#include "storage/memory/memory_backend.hpp"
#include "tests/unit/server/recorder.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::events {
namespace {

using test::path;

const std::string session = " session=s protocol=ftps address=a";

class FileEventsTest : public testing::Test {
  protected:
    static std::shared_ptr<const auth::Policy> policy() {
        auto policy = std::make_shared<auth::Policy>();
        policy->transient_names = {"*.part"};
        return policy;
    }

    Recorder recorder_;
    SessionEvents events_{recorder_, "s", "ftps", "a"};
    FileEvents files_{events_, policy()};
};

class ReportingVolumeTest : public FileEventsTest {
  protected:
    storage::MemoryBackend backend_;
    test::Files store_ = test::open_files(backend_, "alice", "acme");
    ReportingVolume volume_{
        std::shared_ptr<storage::Volume>(std::shared_ptr<void>(), &store_.volume()), files_,
        [] { return std::string("strong"); }, ReportingVolume::Digests::told};
};

TEST_F(FileEventsTest, DenialsNameVerbPathAndRule) {
    files_.denied({auth::Verb::download, path("/x"), "policy p"});
    EXPECT_EQ(recorder_.level_, Level::warning);
    EXPECT_EQ(recorder_.text_, "policy.denied" + session + " verb=download path=/x rule=policy p");
}

TEST_F(FileEventsTest, AbandonedUploadSaysWhy) {
    files_.abandoned(path("/x"), 7, "reset");
    EXPECT_EQ(recorder_.text_, "file.abandoned" + session + " path=/x size why=reset");
}

TEST_F(FileEventsTest, ReceivedFileHasDigestAndCipher) {
    files_.received({.path = path("/x"), .size = 7, .sha256 = "abc", .cipher = "strong"});
    EXPECT_EQ(recorder_.text_, "file.received" + session +
                                   " path=/x size sha256=abc duration rate resumed cipher=strong");
}

TEST_F(FileEventsTest, TransientNameIsNotAnnounced) {
    files_.received({.path = path("/x.part"), .size = 7, .sha256 = "abc", .cipher = "strong"});
    EXPECT_EQ(recorder_.text_, "");
}

TEST_F(ReportingVolumeTest, ChangesHaveTheirNames) {
    store_.store(test::to("/x"), "1").value();
    ASSERT_TRUE(test::run(volume_.rename(path("/x"), path("/y"), storage::Overwrite::deny)));
    EXPECT_EQ(recorder_.text_, "file.renamed" + session + " path=/x to=/y");
    ASSERT_TRUE(test::run(volume_.remove(path("/y"))));
    EXPECT_EQ(recorder_.text_, "file.deleted" + session + " path=/y");
    ASSERT_TRUE(test::run(volume_.make_directory(path("/d"))));
    EXPECT_EQ(recorder_.text_, "dir.created" + session + " path=/d");
    ASSERT_TRUE(test::run(volume_.remove_directory(path("/d"))));
    EXPECT_EQ(recorder_.text_, "dir.removed" + session + " path=/d");
}

TEST_F(ReportingVolumeTest, WhatFailsRaisesNothing) {
    EXPECT_FALSE(test::run(volume_.remove(path("/x"))));
    EXPECT_FALSE(test::run(volume_.remove_directory(path("/x"))));
    EXPECT_FALSE(test::run(volume_.rename(path("/x"), path("/y"), storage::Overwrite::deny)));
    EXPECT_EQ(recorder_.text_, "");
}

TEST_F(ReportingVolumeTest, LosingATransientNameAnnouncesTheFile) {
    store_.store(test::to("/x.part"), "1").value();
    ASSERT_TRUE(test::run(volume_.rename(path("/x.part"), path("/x"), storage::Overwrite::deny)));
    EXPECT_EQ(recorder_.text_,
              "file.received" + session +
                  " path=/x size sha256="
                  "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
                  " duration rate resumed cipher=strong");
}

TEST_F(ReportingVolumeTest, AnotherTransientNameAnnouncesNothing) {
    store_.store(test::to("/x.part"), "1").value();
    ASSERT_TRUE(
        test::run(volume_.rename(path("/x.part"), path("/y.part"), storage::Overwrite::deny)));
    EXPECT_EQ(recorder_.text_, "file.renamed" + session + " path=/x.part to=/y.part");
}

}  // namespace
}  // namespace sallyport::events
