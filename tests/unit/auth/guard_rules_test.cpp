#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/guard.hpp"
#include "tests/support/run.hpp"
#include "tests/unit/auth/fake_volume.hpp"

namespace sallyport::auth {
namespace {

using test::run;

using storage::Error;
using storage::Overwrite;
using testing::ElementsAre;
using testing::IsEmpty;

/// A guard with rules or names, over a recording volume.
class GuardRules : public testing::Test {
  protected:
    static Policy policy(std::string_view preset) {
        Policy result = *preset_named(preset);
        result.name = "p";
        return result;
    }
    static Policy with_rules(std::string_view preset,
                             std::initializer_list<std::pair<std::string, VerbSet>> rules) {
        Policy result = policy(preset);
        for (const auto& [pattern, verbs] : rules) {
            result.rules.push_back(
                {PathPattern::parse(pattern).value(), verbs, "policy.p.rule " + pattern});
        }
        sort_rules(result.rules);
        return result;
    }
    void use(Policy policy) {
        guard_ = std::make_unique<Guard>(
            volume_, std::make_shared<const Policy>(std::move(policy)),
            [this](const Guard::Denial& denial) {
                denials_.push_back(std::string(name_of(denial.verb)) + " " + denial.path.str() +
                                   " " + denial.rule);
            },
            [this] { return lapse_; });
    }
    auto upload(std::string_view p, bool unique = false) {
        storage::UploadRequest request;
        request.path = path(p);
        request.unique = unique;
        return run(guard_->upload(request));
    }
    auto rename(std::string_view from, std::string_view to) {
        return run(guard_->rename(path(from), path(to), Overwrite::deny));
    }
    std::vector<std::string> listed(std::string_view directory) {
        auto listing = run(guard_->list(path(directory)));
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
    std::optional<std::string> lapse_;
};

TEST_F(GuardRules, DenialNamesTheRule) {
    use(with_rules("full", {{"/out/**", {Verb::list, Verb::download}}}));
    EXPECT_EQ(upload("/out/a").error(), Error::forbidden);
    EXPECT_TRUE(upload("/in"));
    EXPECT_THAT(denials_,
                ElementsAre("upload /out/a policy.p.rule /out/**: does not allow upload"));
    EXPECT_THAT(volume_->calls, ElementsAre("upload /in deny"));
}

TEST_F(GuardRules, RenameOfAFileNeedsBothEnds) {
    volume_->add_file("/a");
    volume_->add_file("/out/b");
    use(with_rules("full", {{"/out/**", {Verb::list}}}));
    EXPECT_EQ(rename("/a", "/out/a").error(), Error::forbidden);
    EXPECT_EQ(rename("/out/b", "/b").error(), Error::forbidden);
    EXPECT_THAT(volume_->calls, IsEmpty());
    EXPECT_TRUE(rename("/a", "/b"));
}

TEST_F(GuardRules, DirectoryIsNotMovedFromUnderARule) {
    volume_->add_directory("/a");
    use(with_rules("full", {{"/a/secret/**", {}}}));
    EXPECT_EQ(rename("/a", "/b").error(), Error::forbidden);
    EXPECT_THAT(volume_->calls, IsEmpty());
    EXPECT_THAT(denials_, ElementsAre("rename /a policy.p.rule /a/secret/**: does not allow rename "
                                      "of what is below"));
}

TEST_F(GuardRules, DirectoryIsNotMovedUnderARule) {
    volume_->add_directory("/a");
    use(with_rules("full", {{"/b/*", {Verb::download}}}));
    EXPECT_EQ(rename("/a", "/b").error(), Error::forbidden);
    EXPECT_TRUE(rename("/a", "/c"));
    EXPECT_THAT(volume_->calls, ElementsAre("rename /a /c deny"));
}

TEST_F(GuardRules, FileIsRenamedWhateverRulesThereAreBelowItsName) {
    volume_->add_file("/in/a.part");
    use(with_rules("full", {{"/in/**/*.key", {}}}));
    EXPECT_TRUE(rename("/in/a.part", "/in/a"));
    EXPECT_EQ(rename("/in/a", "/in/a.key").error(), Error::forbidden);
}

TEST_F(GuardRules, RenameOfWhatIsNotThereSaysSo) {
    use(with_rules("full", {{"/x", {}}}));
    EXPECT_EQ(rename("/none", "/b").error(), Error::not_found);
}

TEST_F(GuardRules, ListingHidesNothingThatThePresetDoesNotHide) {
    volume_->add_file("/a");
    volume_->add_directory("/secret");
    use(with_rules("full", {{"/secret/**", {}}}));
    EXPECT_THAT(listed("/"), ElementsAre("a", "secret"));
    EXPECT_EQ(run(guard_->list(path("/secret"))).error(), Error::forbidden);
    EXPECT_EQ(run(guard_->stat(path("/secret"))).error(), Error::forbidden);
}

TEST_F(GuardRules, DropboxShowsWhatARuleOpens) {
    volume_->add_file("/others");
    volume_->add_directory("/reports");
    use(with_rules("dropbox", {{"/reports/**", {Verb::list, Verb::download, Verb::stat}}}));
    EXPECT_THAT(listed("/"), ElementsAre("reports"));
    EXPECT_TRUE(run(guard_->stat(path("/reports"))));
    EXPECT_EQ(run(guard_->stat(path("/reports/none"))).error(), Error::not_found);
    EXPECT_EQ(run(guard_->stat(path("/others"))).error(), Error::not_found);
    EXPECT_EQ(upload("/reports/a").error(), Error::forbidden);
}

TEST_F(GuardRules, NamesAreNeededByUploadsAndRenamesOfFiles) {
    volume_->add_file("/x.part");
    volume_->add_directory("/folder");
    Policy named = policy("full");
    named.names = {"*.csv"};
    named.transient_names = {"*.part"};
    use(std::move(named));
    EXPECT_EQ(upload("/a.exe").error(), Error::forbidden);
    EXPECT_EQ(rename("/x.part", "/x.exe").error(), Error::forbidden);
    EXPECT_THAT(volume_->calls, IsEmpty());
    EXPECT_THAT(denials_,
                ElementsAre("upload /a.exe policy.p.names", "rename /x.exe policy.p.names"));
    EXPECT_TRUE(upload("/a.csv"));
    EXPECT_TRUE(upload("/y.part"));
    EXPECT_TRUE(rename("/x.part", "/x.csv"));
    EXPECT_TRUE(rename("/folder", "/folder2"));
    EXPECT_TRUE(run(guard_->make_directory(path("/any"))));
}

TEST_F(GuardRules, UniqueNameGetsNoSuffixThatWouldNotBeAllowed) {
    Policy named = policy("full");
    named.names = {"*.csv"};
    use(named);
    EXPECT_TRUE(upload("/a.csv", true));
    EXPECT_FALSE(volume_->last_upload.unique);
    EXPECT_EQ(volume_->last_upload.overwrite, Overwrite::deny);
    named.names = {"*.csv*"};
    use(named);
    EXPECT_TRUE(upload("/a.csv", true));
    EXPECT_TRUE(volume_->last_upload.unique);
    use(with_rules("full", {{"/*.csv.????????", {}}}));
    EXPECT_TRUE(upload("/a.csv", true));
    EXPECT_FALSE(volume_->last_upload.unique);
}

TEST_F(GuardRules, NoTransferBeginsOnceTheRightToBeHereHasLapsed) {
    volume_->add_file("/a");
    use(policy("full"));
    auto begun = upload("/b");
    ASSERT_TRUE(begun);
    lapse_ = "policy.p.hours";
    EXPECT_EQ(upload("/c").error(), Error::forbidden);
    EXPECT_EQ(run(guard_->download(path("/a"))).error(), Error::forbidden);
    EXPECT_THAT(denials_, ElementsAre("upload /c policy.p.hours", "download /a policy.p.hours"));
    // What has begun can be brought to its end.
    EXPECT_TRUE(run((*begun)->commit()));
    EXPECT_TRUE(run(guard_->stat(path("/b"))));
    EXPECT_TRUE(rename("/b", "/d"));
}

}  // namespace
}  // namespace sallyport::auth
