#include "auth/guard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/run.hpp"
#include "tests/unit/auth/fake_volume.hpp"

namespace sallyport::auth {
namespace {

using test::run;

using storage::Error;
using storage::Overwrite;
using storage::UploadRequest;
using storage::UploadStart;
using testing::ElementsAre;
using testing::IsEmpty;

/// A guard over a recording volume, and the denials it reports as "verb path rule".
class GuardTest : public testing::Test {
  protected:
    void use(Policy policy) {
        policy.name = "p";
        guard_ =
            std::make_unique<Guard>(volume_, std::make_shared<const Policy>(std::move(policy)),
                                    [this](const Guard::Denial& denial) {
                                        denials_.push_back(std::string(name_of(denial.verb)) + " " +
                                                           denial.path.str() + " " + denial.rule);
                                    });
    }
    void use(std::string_view preset) { use(*preset_named(preset)); }
    void use(VerbSet verbs, Overwrite overwrite) {
        Policy policy;
        policy.allowed = verbs;
        policy.overwrite = overwrite;
        use(policy);
    }

    auto stat(std::string_view p) { return run(guard_->stat(path(p))); }
    auto upload(const UploadRequest& request) { return run(guard_->upload(request)); }
    auto rename(std::string_view from, std::string_view to, Overwrite mode = Overwrite::deny) {
        return run(guard_->rename(path(from), path(to), mode));
    }
    static UploadRequest request(std::string_view p, Overwrite mode = Overwrite::deny,
                                 UploadStart::Kind start = UploadStart::Kind::fresh) {
        UploadRequest result;
        result.path = path(p);
        result.overwrite = mode;
        result.start.kind = start;
        return result;
    }
    /// Uploads and publishes a file through the guard.
    void deliver(std::string_view p) {
        auto upload = run(guard_->upload(request(p)));
        ASSERT_TRUE(upload);
        ASSERT_TRUE(run((*upload)->commit()));
    }
    /// The names that a listing of the root shows.
    std::vector<std::string> listed() {
        auto listing = run(guard_->list(path("/")));
        std::vector<std::string> names;
        while (listing) {
            const auto batch = run((*listing)->next(10));
            if (batch->empty()) break;
            for (const auto& entry : *batch) names.push_back(entry.name);
        }
        return names;
    }

    std::shared_ptr<FakeVolume> volume_ = std::make_shared<FakeVolume>();
    std::unique_ptr<Guard> guard_;
    std::vector<std::string> denials_;
};

TEST_F(GuardTest, NothingAllowedReachesTheVolume) {
    use(Policy());
    EXPECT_EQ(stat("/a").error(), Error::forbidden);
    EXPECT_EQ(run(guard_->list(path("/a"))).error(), Error::forbidden);
    EXPECT_EQ(run(guard_->make_directory(path("/a"))).error(), Error::forbidden);
    EXPECT_EQ(run(guard_->remove_directory(path("/a"))).error(), Error::forbidden);
    EXPECT_EQ(run(guard_->remove(path("/a"))).error(), Error::forbidden);
    EXPECT_EQ(rename("/a", "/b").error(), Error::forbidden);
    EXPECT_EQ(run(guard_->set_attributes(path("/a"), {})).error(), Error::forbidden);
    EXPECT_EQ(run(guard_->download(path("/a"))).error(), Error::forbidden);
    EXPECT_EQ(upload(request("/a")).error(), Error::forbidden);
    EXPECT_EQ(run(guard_->digest(path("/a"), storage::DigestAlgorithm::sha256, 0, 1)).error(),
              Error::forbidden);
    EXPECT_EQ(run(guard_->space()).error(), Error::forbidden);
    EXPECT_THAT(volume_->calls, IsEmpty());
    EXPECT_EQ(denials_.size(), 11U);
}

TEST_F(GuardTest, DenialsNameVerbPathAndRule) {
    use("collect");
    EXPECT_EQ(upload(request("/in/a")).error(), Error::forbidden);
    EXPECT_THAT(denials_, ElementsAre("upload /in/a policy.p: nothing allows upload"));
}

TEST_F(GuardTest, EachVerbOpensItsOwnDoorOnly) {
    volume_->add_file("/a");
    const std::vector<std::pair<Verb, std::string>> doors{
        {Verb::list, "list /a"},
        {Verb::mkdir, "make_directory /a"},
        {Verb::rmdir, "remove_directory /a"},
        {Verb::remove, "remove /a"},
        {Verb::rename, "rename /a /b deny"},
        {Verb::attributes, "set_attributes /a"},
        {Verb::download, "download /a"},
    };
    for (const auto& [verb, call] : doors) {
        volume_->calls.clear();
        use({verb}, Overwrite::deny);
        static_cast<void>(run(guard_->list(path("/a"))));
        static_cast<void>(run(guard_->make_directory(path("/a"))));
        static_cast<void>(run(guard_->remove_directory(path("/a"))));
        static_cast<void>(run(guard_->remove(path("/a"))));
        static_cast<void>(rename("/a", "/b"));
        static_cast<void>(run(guard_->set_attributes(path("/a"), {})));
        static_cast<void>(run(guard_->download(path("/a"))));
        static_cast<void>(upload(request("/a")));
        static_cast<void>(run(guard_->space()));
        EXPECT_THAT(volume_->calls, ElementsAre(call));
    }
}

TEST_F(GuardTest, DigestNeedsStat) {
    use({Verb::download}, Overwrite::deny);
    EXPECT_FALSE(run(guard_->digest(path("/a"), storage::DigestAlgorithm::sha256, 0, 1)));
    use({Verb::stat}, Overwrite::deny);
    EXPECT_TRUE(run(guard_->digest(path("/a"), storage::DigestAlgorithm::sha256, 0, 1)));
}

TEST_F(GuardTest, SpaceNeedsStatOrUpload) {
    use({Verb::upload}, Overwrite::deny);
    EXPECT_TRUE(run(guard_->space()));
    use({Verb::stat}, Overwrite::deny);
    EXPECT_TRUE(run(guard_->space()));
    use({Verb::download}, Overwrite::deny);
    EXPECT_FALSE(run(guard_->space()));
}

/// What becomes of an upload onto a published file.
struct OverwriteRow {
    Overwrite policy;
    bool may_overwrite;
    Overwrite wanted;
    std::string outcome;  ///< the mode that reaches the storage, or the error
};

class OverwriteTable : public GuardTest, public testing::WithParamInterface<OverwriteRow> {
  protected:
    void use_row() {
        VerbSet verbs{Verb::upload, Verb::rename};
        if (GetParam().may_overwrite) verbs.insert(Verb::overwrite);
        use(verbs, GetParam().policy);
        volume_->add_file("/a");
    }
    void expect_outcome(const std::string& call, bool ok, Error error) {
        if (GetParam().outcome == "exists") {
            EXPECT_TRUE(!ok && error == Error::exists);
            EXPECT_THAT(volume_->calls, IsEmpty());
            EXPECT_EQ(denials_.size(), 1U);
        } else {
            EXPECT_TRUE(ok);
            EXPECT_THAT(volume_->calls, ElementsAre(call + " " + GetParam().outcome));
            EXPECT_THAT(denials_, IsEmpty());
        }
    }
};

TEST_P(OverwriteTable, DecidesUploads) {
    use_row();
    const auto result = upload(request("/a", GetParam().wanted));
    expect_outcome("upload /a", result.has_value(), result ? Error::io : result.error());
}

TEST_P(OverwriteTable, DecidesRenames) {
    use_row();
    const auto result = rename("/b", "/a", GetParam().wanted);
    expect_outcome("rename /b /a", result.has_value(), result ? Error::io : result.error());
}

constexpr auto deny = Overwrite::deny;
constexpr auto keep = Overwrite::keep;
constexpr auto replace = Overwrite::replace;

INSTANTIATE_TEST_SUITE_P(
    Table, OverwriteTable,
    testing::Values(
        OverwriteRow{deny, false, deny, "deny"}, OverwriteRow{deny, false, replace, "exists"},
        OverwriteRow{deny, true, replace, "exists"}, OverwriteRow{deny, true, keep, "exists"},
        OverwriteRow{keep, false, deny, "deny"}, OverwriteRow{keep, false, keep, "keep"},
        OverwriteRow{keep, false, replace, "keep"}, OverwriteRow{keep, true, replace, "keep"},
        OverwriteRow{replace, false, deny, "deny"}, OverwriteRow{replace, false, keep, "keep"},
        OverwriteRow{replace, false, replace, "exists"}, OverwriteRow{replace, true, keep, "keep"},
        OverwriteRow{replace, true, replace, "replace"}));

TEST_F(GuardTest, NewNameIsUploadedInDenyModeWithoutTheOverwriteVerb) {
    use({Verb::upload}, Overwrite::replace);
    EXPECT_TRUE(upload(request("/new", Overwrite::replace)));
    EXPECT_THAT(volume_->calls, ElementsAre("upload /new deny"));
    EXPECT_THAT(denials_, IsEmpty());
}

TEST_F(GuardTest, RefusedReplacementNamesTheRule) {
    volume_->add_file("/a");
    use({Verb::upload}, Overwrite::replace);
    EXPECT_FALSE(upload(request("/a", Overwrite::replace)));
    use({Verb::upload, Verb::overwrite}, Overwrite::deny);
    EXPECT_FALSE(upload(request("/a", Overwrite::replace)));
    EXPECT_THAT(denials_, ElementsAre("overwrite /a policy.p: nothing allows overwrite",
                                      "overwrite /a policy.p.overwrite"));
}

TEST_F(GuardTest, ResumeOfAPublishedFileNeedsOverwrite) {
    volume_->add_file("/a");
    for (const auto start : {UploadStart::Kind::at_offset, UploadStart::Kind::at_end}) {
        for (const auto mode : {Overwrite::deny, Overwrite::keep, Overwrite::replace}) {
            use({Verb::upload}, Overwrite::replace);
            EXPECT_EQ(upload(request("/a", mode, start)).error(), Error::forbidden);
        }
        EXPECT_THAT(volume_->calls, IsEmpty());
        use({Verb::upload, Verb::overwrite}, Overwrite::replace);
        EXPECT_TRUE(upload(request("/a", Overwrite::replace, start)));
        EXPECT_THAT(volume_->calls, ElementsAre("upload /a replace"));
        volume_->calls.clear();
    }
}

TEST_F(GuardTest, ResumeOfOnesOwnPartialNeedsOnlyUpload) {
    volume_->add_partial("/a");
    use({Verb::upload}, Overwrite::deny);
    EXPECT_TRUE(upload(request("/a", Overwrite::replace, UploadStart::Kind::at_end)));
    EXPECT_THAT(volume_->calls, ElementsAre("upload /a deny"));
}

TEST_F(GuardTest, ReadingWhatIsThereNeedsDownload) {
    volume_->add_file("/file");
    volume_->add_partial("/partial");
    for (const auto start : {UploadStart::Kind::at_offset, UploadStart::Kind::at_end}) {
        for (const auto* name : {"/file", "/partial"}) {
            auto asked = request(name, Overwrite::replace, start);
            asked.readable = true;
            denials_.clear();
            volume_->calls.clear();
            use({Verb::upload, Verb::overwrite}, Overwrite::replace);
            EXPECT_EQ(upload(asked).error(), Error::forbidden);
            EXPECT_THAT(denials_, ElementsAre("download " + std::string(name) +
                                              " policy.p: nothing allows download"));
            EXPECT_THAT(volume_->calls, IsEmpty());
            use({Verb::upload, Verb::overwrite, Verb::download}, Overwrite::replace);
            EXPECT_TRUE(upload(asked));
            EXPECT_TRUE(volume_->last_upload.readable);
            EXPECT_EQ(volume_->last_upload.start.kind, start);
            EXPECT_EQ(denials_.size(), 1U);
        }
    }
}

TEST_F(GuardTest, ReadingBackWhatOneWritesNeedsOnlyUpload) {
    volume_->add_file("/file");
    use({Verb::upload, Verb::overwrite}, Overwrite::replace);
    auto fresh = request("/file", Overwrite::replace);
    fresh.readable = true;
    EXPECT_TRUE(upload(fresh));
    EXPECT_TRUE(volume_->last_upload.readable);
    EXPECT_THAT(denials_, IsEmpty());
}

TEST_F(GuardTest, WithoutDownloadNothingThatComesMeanwhileCanBeRead) {
    use({Verb::upload, Verb::overwrite}, Overwrite::replace);
    auto asked = request("/none", Overwrite::replace, UploadStart::Kind::at_end);
    asked.readable = true;
    asked.must_exist = true;
    EXPECT_TRUE(upload(asked));
    EXPECT_EQ(volume_->last_upload.start.kind, UploadStart::Kind::fresh);
    EXPECT_TRUE(volume_->last_upload.must_exist);
    asked.start = {UploadStart::Kind::at_offset, 1};
    EXPECT_EQ(upload(asked).error(), Error::bad_offset);
    EXPECT_THAT(denials_, IsEmpty());
}

TEST_F(GuardTest, UniqueNamesNeverOverwrite) {
    volume_->add_file("/a");
    use("full");
    auto unique = request("/a", Overwrite::replace);
    unique.unique = true;
    EXPECT_TRUE(upload(unique));
    EXPECT_THAT(volume_->calls, ElementsAre("upload /a deny"));
}

TEST_F(GuardTest, SmallerSizeLimitWins) {
    Policy policy = *preset_named("full");
    policy.max_file_size = 100;
    use(policy);
    auto asked = request("/a");
    EXPECT_TRUE(upload(asked));
    EXPECT_EQ(volume_->last_upload.max_size, 100U);
    asked.max_size = 50;
    EXPECT_TRUE(upload(asked));
    EXPECT_EQ(volume_->last_upload.max_size, 50U);
}

TEST_F(GuardTest, WritePastTheSizeLimitIsRefusedAtOnceAndReachesTheUpload) {
    Policy policy = *preset_named("full");
    policy.max_file_size = 10;
    use(policy);
    auto started = upload(request("/a"));
    ASSERT_TRUE(started);
    const std::array<std::byte, 4> bytes{};
    EXPECT_TRUE(run((*started)->write(6, bytes)));
    EXPECT_TRUE(run((*started)->write(UINT64_MAX, {})));
    volume_->calls.clear();
    EXPECT_EQ(run((*started)->write(7, bytes)).error(), Error::too_large);
    EXPECT_EQ(run((*started)->write(UINT64_MAX, bytes)).error(), Error::too_large);
    EXPECT_THAT(volume_->calls, ElementsAre("write", "write"));
}

TEST_F(GuardTest, AnnouncedSizeBeyondTheLimitIsRefusedBeforeAnyByte) {
    Policy policy = *preset_named("full");
    policy.max_file_size = 100;
    use(policy);
    auto asked = request("/a");
    asked.announced_size = 101;
    EXPECT_EQ(upload(asked).error(), Error::too_large);
    EXPECT_THAT(volume_->calls, IsEmpty());
    asked.announced_size = 100;
    EXPECT_TRUE(upload(asked));
}

class DropboxTest : public GuardTest {
  protected:
    DropboxTest() {
        volume_->add_file("/others");
        volume_->add_directory("/in");
        use("dropbox");
    }
};

TEST_F(DropboxTest, FilesOfOthersLookAsIfTheyWereNot) {
    EXPECT_EQ(stat("/others").error(), Error::not_found);
    EXPECT_EQ(stat("/none").error(), Error::not_found);
    EXPECT_EQ(run(guard_->list(path("/others"))).error(), Error::not_found);
    EXPECT_THAT(denials_, IsEmpty());
}

TEST_F(DropboxTest, FilesOfOthersCannotBeTouched) {
    EXPECT_EQ(run(guard_->remove(path("/others"))).error(), Error::not_found);
    EXPECT_EQ(rename("/others", "/mine").error(), Error::not_found);
    EXPECT_EQ(run(guard_->set_attributes(path("/others"), {})).error(), Error::not_found);
    EXPECT_EQ(run(guard_->digest(path("/others"), storage::DigestAlgorithm::sha256, 0, 1)).error(),
              Error::not_found);
    EXPECT_EQ(run(guard_->download(path("/others"))).error(), Error::forbidden);
    EXPECT_EQ(upload(request("/others", Overwrite::replace)).error(), Error::exists);
    EXPECT_THAT(volume_->calls, IsEmpty());
    EXPECT_EQ(denials_.size(), 6U);
}

TEST_F(DropboxTest, OwnUploadsOfThisSessionAreVisibleAndRemovable) {
    deliver("/mine");
    EXPECT_TRUE(stat("/mine"));
    EXPECT_TRUE(run(guard_->set_attributes(path("/mine"), {})));
    EXPECT_TRUE(run(guard_->digest(path("/mine"), storage::DigestAlgorithm::sha256, 0, 1)));
    EXPECT_THAT(listed(), ElementsAre("mine"));
    EXPECT_TRUE(run(guard_->remove(path("/mine"))));
    EXPECT_EQ(run(guard_->remove(path("/mine"))).error(), Error::not_found);
}

TEST_F(DropboxTest, EvenOwnUploadsCannotBeDownloaded) {
    deliver("/mine");
    EXPECT_EQ(run(guard_->download(path("/mine"))).error(), Error::forbidden);
}

TEST_F(DropboxTest, AnotherSessionOwnsNothingOfThisOne) {
    deliver("/mine");
    use("dropbox");
    EXPECT_EQ(stat("/mine").error(), Error::not_found);
    EXPECT_THAT(listed(), IsEmpty());
}

TEST_F(DropboxTest, AFileThatSomebodyElsePutThereLaterIsNotOwn) {
    deliver("/mine");
    volume_->entries.erase("/mine");
    volume_->add_file("/mine");
    volume_->calls.clear();
    EXPECT_EQ(stat("/mine").error(), Error::not_found);
    EXPECT_EQ(run(guard_->remove(path("/mine"))).error(), Error::not_found);
    EXPECT_EQ(rename("/mine", "/b").error(), Error::not_found);
    EXPECT_EQ(run(guard_->set_attributes(path("/mine"), {})).error(), Error::not_found);
    EXPECT_THAT(volume_->calls, IsEmpty());
    EXPECT_THAT(listed(), IsEmpty());
}

TEST_F(DropboxTest, APartialDoesNotMakeThePublishedFileOwn) {
    deliver("/mine");
    volume_->entries.erase("/mine");
    volume_->add_partial("/mine");
    EXPECT_TRUE(stat("/mine"));
    EXPECT_EQ(run(guard_->remove(path("/mine"))).error(), Error::not_found);
}

TEST_F(DropboxTest, UploadThatIsNotCommittedIsNotOwn) {
    ASSERT_TRUE(upload(request("/a")));
    volume_->add_file("/a");  // by somebody else
    EXPECT_EQ(stat("/a").error(), Error::not_found);
}

TEST_F(DropboxTest, RenameOfATemporaryNameMovesOwnership) {
    deliver("/x.filepart");
    EXPECT_TRUE(rename("/x.filepart", "/x"));
    EXPECT_TRUE(stat("/x"));
    EXPECT_EQ(run(guard_->remove(path("/x.filepart"))).error(), Error::not_found);
    EXPECT_TRUE(run(guard_->remove(path("/x"))));
}

TEST_F(DropboxTest, RenameOntoAnothersFileIsRefused) {
    deliver("/mine");
    EXPECT_EQ(rename("/mine", "/others", Overwrite::replace).error(), Error::exists);
    EXPECT_TRUE(stat("/mine"));
    EXPECT_EQ(stat("/others").error(), Error::not_found);
}

TEST_F(DropboxTest, DirectoriesAreVisibleForNavigation) {
    EXPECT_TRUE(stat("/in"));
    EXPECT_THAT(listed(), IsEmpty());
}

TEST_F(DropboxTest, OwnPartialIsVisibleForResuming) {
    volume_->add_partial("/half");
    EXPECT_TRUE(stat("/half"));
    EXPECT_THAT(listed(), ElementsAre("half"));
    EXPECT_TRUE(upload(request("/half", Overwrite::deny, UploadStart::Kind::at_end)));
}

TEST_F(DropboxTest, UploadOutlivesItsGuard) {
    auto started = upload(request("/mine"));
    ASSERT_TRUE(started);
    guard_.reset();
    EXPECT_TRUE(run((*started)->commit()));
}

class UploadAttributes : public GuardTest {
  protected:
    static storage::AttributeChange change() {
        storage::AttributeChange result;
        result.mode = 0600;
        result.modified = storage::FileTime(std::chrono::seconds(1));
        return result;
    }
};

TEST_F(UploadAttributes, AreDroppedOnceReportedAndSucceedWithoutTheVerb) {
    use({Verb::upload}, Overwrite::deny);
    auto started = upload(request("/a"));
    ASSERT_TRUE(started);
    EXPECT_TRUE(run((*started)->set_attributes(change())));
    EXPECT_TRUE(run((*started)->set_attributes(change())));
    for (const auto& reached : volume_->staged_changes) {
        EXPECT_FALSE(reached.mode || reached.modified);
    }
    EXPECT_THAT(denials_, ElementsAre("attributes /a policy.p: nothing allows attributes"));
    EXPECT_TRUE(run((*started)->commit()));
}

TEST_F(UploadAttributes, ReachTheStorageWithTheVerb) {
    for (const auto* preset : {"dropbox", "exchange", "full"}) {
        use(preset);
        volume_->staged_changes.clear();
        auto started = upload(request("/a"));
        ASSERT_TRUE(started);
        EXPECT_TRUE(run((*started)->set_attributes(change())));
        ASSERT_EQ(volume_->staged_changes.size(), 1U);
        EXPECT_EQ(volume_->staged_changes[0].mode, change().mode);
        EXPECT_EQ(volume_->staged_changes[0].modified, change().modified);
    }
    EXPECT_THAT(denials_, IsEmpty());
}

TEST_F(UploadAttributes, OfAnUploadThatOutlivesItsGuardAreDroppedSilently) {
    use({Verb::upload}, Overwrite::deny);
    auto started = upload(request("/a"));
    ASSERT_TRUE(started);
    guard_.reset();
    EXPECT_TRUE(run((*started)->set_attributes(change())));
    EXPECT_THAT(denials_, IsEmpty());
}

TEST_F(GuardTest, AnUploadPassesEverythingElseOn) {
    use("full");
    auto started = upload(request("/a"));
    ASSERT_TRUE(started);
    volume_->calls.clear();
    EXPECT_TRUE(run((*started)->write(0, {})));
    EXPECT_TRUE(run((*started)->read(0, {})));
    EXPECT_TRUE(run((*started)->truncate(7)));
    EXPECT_TRUE(run((*started)->sync()));
    EXPECT_THAT(volume_->calls, ElementsAre("write", "read", "truncate 7", "sync"));
}

TEST_F(GuardTest, ExchangeMaySetAttributesOfOwnUploadsOnly) {
    volume_->add_file("/others");
    use("exchange");
    deliver("/mine");
    EXPECT_TRUE(run(guard_->set_attributes(path("/mine"), {})));
    EXPECT_EQ(run(guard_->set_attributes(path("/others"), {})).error(), Error::forbidden);
}

}  // namespace
}  // namespace sallyport::auth
