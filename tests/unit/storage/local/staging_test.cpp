#include "storage/local/staging.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/xattr.h>

#include "storage/local/durable_part.hpp"
#include "tests/unit/storage/local/local_test.hpp"

namespace sallyport::test {
namespace {

/// What a crash leaves of uploads under way.
class Staging : public LocalTest {
  protected:
    /// Goes on with what is on disk now, as a process does that starts after one was killed.
    void crash() {
        copy_what_is_there();
        backend_ = storage::LocalBackend::open(options_, pool_).value();
    }
    /// The same, after the machine has started anew; `durable` bytes of what goes on had been
    /// synced.
    void cut_power(std::uint64_t durable) {
        copy_what_is_there();
        const storage::Descriptor file(
            ::open(only_file_in(options_.root / ".sallyport" / "resumed").c_str(), O_RDWR));
        storage::note_durable_part(file, "another-boot", durable);
        backend_ = storage::LocalBackend::open(options_, pool_).value();
    }
    [[nodiscard]] static std::filesystem::path only_file_in(const std::filesystem::path& folder) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
            if (entry.is_regular_file()) return entry.path();
        }
        return {};
    }
    /// Files in a folder of the staging area in use now.
    [[nodiscard]] std::size_t count_in(const char* folder) const {
        return count_below(options_.root / ".sallyport" / folder);
    }
    /// What is noted with a file about its durable part; empty when nothing is.
    [[nodiscard]] static std::string note_of(const std::filesystem::path& file) {
        std::string note(100, '\0');
        const auto got =
            ::getxattr(file.c_str(), "user.sallyport.durable", note.data(), note.size());
        note.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return note;
    }

  private:
    void copy_what_is_there() {
        const auto after = directory_.path() / "after";
        std::filesystem::copy(root(), after, std::filesystem::copy_options::recursive);
        options_.root = after;
    }
};

TEST_F(Staging, APartialThatGoesOnSurvivesACrash) {
    files().leave_partial("/a", "hel");
    auto upload = files().begin(resume_at_end("/a")).value();
    ASSERT_TRUE(write(*upload, 3, "lo"));
    EXPECT_EQ(refusal(files().stat("/a")), Error::not_found);
    crash();
    EXPECT_EQ(files().stat("/a")->size, 4U);
    EXPECT_TRUE(files().stat("/a")->partial);
    EXPECT_EQ(count_in("resumed"), 0U);
    ASSERT_TRUE(files().store(resume_at_end("/a"), "o!"));
    EXPECT_EQ(files().read("/a").value(), "hello!");
}

TEST_F(Staging, OfAPartialThatGoesOnAPowerCutLeavesWhatWasDurable) {
    files().leave_partial("/a", "hel");
    auto upload = files().begin(resume_at_end("/a")).value();
    ASSERT_TRUE(write(*upload, 3, "lo, world"));
    cut_power(3);
    EXPECT_EQ(files().stat("/a")->size, 3U - storage::held_back_bytes);
    ASSERT_TRUE(files().store(resume_at_end("/a"), "l"));
    EXPECT_EQ(files().read("/a").value(), "hel");
}

TEST_F(Staging, WhatIsDurableIsNotedUntilTheFileIsPublished) {
    files().leave_partial("/a", "hello");
    auto upload = files().begin(resume_at("/a", 2)).value();
    const std::string note = note_of(only_file_in(staging() / "resumed"));
    if (note.empty()) GTEST_SKIP() << "no extended attributes here";
    EXPECT_EQ(note, storage::this_boot() + " 2");
    ASSERT_TRUE(write(*upload, 2, "y"));
    ASSERT_TRUE(run(upload->commit()));
    EXPECT_EQ(files().read("/a").value(), "hey");
    EXPECT_EQ(note_of(home() / "a"), "");
}

TEST_F(Staging, APartialOfOneByteDoesNotSurviveACrash) {
    files().leave_partial("/a", "h");
    const auto upload = files().begin(resume_at_end("/a")).value();
    crash();
    EXPECT_EQ(refusal(files().stat("/a")), Error::not_found);
    EXPECT_EQ(count_in("resumed"), 0U);
}

TEST_F(Staging, APartialThatMayNotBeReadSurvivesACrash) {
    files().leave_partial("/a", "hel");
    const auto upload = files().begin(resume_at_end("/a")).value();
    for (const auto& file : std::filesystem::recursive_directory_iterator(staging() / "resumed")) {
        if (file.is_regular_file()) {
            std::filesystem::permissions(file, std::filesystem::perms::none);
        }
    }
    crash();
    EXPECT_EQ(files().stat("/a")->size, 2U);
}

TEST_F(Staging, APartialThatIsWrittenOverDoesNotSurviveACrash) {
    files().leave_partial("/a", "hel");
    auto upload = files().begin(resume_at_end("/a")).value();
    ASSERT_TRUE(write(*upload, 2, "L"));
    crash();
    EXPECT_EQ(refusal(files().stat("/a")), Error::not_found);
}

TEST_F(Staging, APartialWithTheLongestNameSurvivesACrash) {
    const std::string name = "/" + std::string(255, 'n');
    files().leave_partial(name, "hel");
    const auto upload = files().begin(resume_at_end(name)).value();
    crash();
    EXPECT_EQ(files().stat(name)->size, 2U);
}

TEST_F(Staging, APartialWithAGapDoesNotSurviveACrash) {
    files().leave_partial("/written", "hel");
    files().leave_partial("/filled", "hel");
    auto written = files().begin(resume_at_end("/written")).value();
    auto filled = files().begin(resume_at_end("/filled")).value();
    ASSERT_TRUE(write(*written, 4, "o"));
    ASSERT_TRUE(run(filled->truncate(5)));
    crash();
    EXPECT_EQ(refusal(files().stat("/written")), Error::not_found);
    EXPECT_EQ(refusal(files().stat("/filled")), Error::not_found);
    EXPECT_EQ(count_in("active"), 0U);
}

TEST_F(Staging, APartialWithAGapIsPublishedAsAnyOther) {
    files().leave_partial("/a", "hel");
    auto upload = files().begin(resume_at_end("/a")).value();
    ASSERT_TRUE(write(*upload, 4, "o"));
    ASSERT_TRUE(write(*upload, 3, "l"));
    ASSERT_TRUE(run(upload->commit()));
    EXPECT_EQ(files().read("/a").value(), "hello");
    EXPECT_EQ(count_in("active"), 0U);
}

TEST_F(Staging, APartialLeftLaterIsTheOneThatCounts) {
    files().leave_partial("/a", "earlier");
    const auto upload = files().begin(resume_at_end("/a")).value();
    files().leave_partial("/a", "later");
    crash();
    EXPECT_EQ(files().stat("/a")->size, 5U);
    EXPECT_EQ(count_in("resumed"), 0U);
}

TEST_F(Staging, TwoPartialsOfOneNameCanGoOnAtOnce) {
    files().leave_partial("/a", "first");
    auto first = files().begin(resume_at_end("/a")).value();
    files().leave_partial("/a", "second");
    auto second = files().begin(resume_at_end("/a", Overwrite::replace)).value();
    EXPECT_EQ(first->size(), 5U);
    EXPECT_EQ(second->size(), 6U);
    ASSERT_TRUE(run(first->commit()));
    EXPECT_EQ(files().read("/a").value(), "first");
    ASSERT_TRUE(run(second->commit()));
    EXPECT_EQ(files().read("/a").value(), "second");
}

TEST_F(Staging, AFreshUploadDoesNotSurviveACrash) {
    auto upload = files().begin(to("/a")).value();
    ASSERT_TRUE(write(*upload, 0, "hello"));
    crash();
    EXPECT_EQ(refusal(files().stat("/a")), Error::not_found);
    EXPECT_EQ(count_in("active"), 0U);
}

TEST_F(Staging, WhatWentOnLeavesNothingBehind) {
    for (const auto keep : {Upload::Keep::nothing, Upload::Keep::partial}) {
        files().leave_partial("/a", "hel");
        run(files().begin(resume_at_end("/a")).value()->abandon(keep));
    }
    EXPECT_EQ(files().stat("/a")->size, 3U);
    ASSERT_TRUE(files().store(resume_at_end("/a"), "lo"));
    run(backend_->sweep());
    EXPECT_EQ(count_in("resumed"), 0U);
    EXPECT_EQ(count_in("partials"), 0U);
}

TEST_F(Staging, SweepingTouchesNothingThatGoesOn) {
    files().leave_partial("/a", "hel");
    auto upload = files().begin(resume_at_end("/a")).value();
    run(backend_->sweep());
    ASSERT_TRUE(write(*upload, 3, "lo"));
    ASSERT_TRUE(run(upload->commit()));
    EXPECT_EQ(files().read("/a").value(), "hello");
}

/// Another process serves the root while the last uploads of the first one go on.
class HandOver : public LocalTest {
  protected:
    /// Its backend; a second set of open files and locks is what tells processes apart.
    storage::LocalBackend& successor() {
        if (!successor_) {
            backend_->hand_over();
            successor_ = storage::LocalBackend::open(options_, pool_).value();
        }
        return *successor_;
    }
    [[nodiscard]] Files later() { return open_files(successor(), "alice", "acme"); }

  private:
    std::unique_ptr<storage::LocalBackend> successor_;
};

TEST_F(HandOver, TheRootIsLockedUntilThen) {
    open();
    EXPECT_FALSE(storage::LocalBackend::open(options_, pool_));
    backend_->hand_over();
    EXPECT_TRUE(storage::LocalBackend::open(options_, pool_));
}

TEST_F(HandOver, UploadsUnderWayAreFinished) {
    files().leave_partial("/resumed", "hel");
    auto fresh = files().begin(to("/fresh")).value();
    auto resumed = files().begin(resume_at_end("/resumed")).value();
    successor();
    ASSERT_TRUE(write(*fresh, 0, "whole"));
    ASSERT_TRUE(write(*resumed, 3, "lo"));
    ASSERT_TRUE(run(fresh->commit()));
    ASSERT_TRUE(run(resumed->commit()));
    EXPECT_EQ(later().read("/fresh").value(), "whole");
    EXPECT_EQ(later().read("/resumed").value(), "hello");
}

TEST_F(HandOver, UploadsGivenUpAreTheSuccessorsToResume) {
    files().leave_partial("/resumed", "hel");
    auto fresh = files().begin(to("/fresh")).value();
    auto resumed = files().begin(resume_at_end("/resumed")).value();
    successor();
    EXPECT_EQ(refusal(later().stat("/resumed")), Error::not_found);
    ASSERT_TRUE(write(*fresh, 0, "wh"));
    ASSERT_TRUE(write(*resumed, 3, "l"));
    run(fresh->abandon(Upload::Keep::partial));
    run(resumed->abandon(Upload::Keep::partial));
    ASSERT_TRUE(later().store(resume_at_end("/fresh"), "hole"));
    ASSERT_TRUE(later().store(resume_at_end("/resumed"), "lo"));
    EXPECT_EQ(later().read("/fresh").value(), "whole");
    EXPECT_EQ(later().read("/resumed").value(), "hello");
}

TEST_F(HandOver, TheSuccessorsUploadsAreItsOwn) {
    files().leave_partial("/a", "hel");
    successor();
    auto upload = later().begin(resume_at_end("/a")).value();
    EXPECT_EQ(refusal(files().stat("/a")), Error::not_found);
    run(backend_->sweep());
    ASSERT_TRUE(write(*upload, 3, "lo"));
    ASSERT_TRUE(run(upload->commit()));
    EXPECT_EQ(later().read("/a").value(), "hello");
}

TEST_F(HandOver, WhatIsClosedButNotYetPublishedIsNoLeftover) {
    const storage::Descriptor parent(::open(root().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    storage::Floors floors(0);
    const auto area = storage::StagingArea::open(parent, floors, storage::this_boot()).value();
    {
        auto staged = area->create(storage::Charge(), area->active()).value();
        ASSERT_TRUE(staged.file().close());
        storage::StagingArea::open(parent, floors, storage::this_boot()).value()->recover();
        EXPECT_TRUE(storage::status_at(area->active(), staged.name()));
        staged.moved_away();
    }
    storage::StagingArea::open(parent, floors, storage::this_boot()).value()->recover();
    EXPECT_EQ(count_below(staging() / "active"), 0U);
}

}  // namespace
}  // namespace sallyport::test
