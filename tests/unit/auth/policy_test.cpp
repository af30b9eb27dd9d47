#include "auth/policy.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/unit/auth/fake_volume.hpp"

namespace sallyport::auth {
namespace {

using storage::Overwrite;

/// One row of the table that DESIGN-level documents promise: what each preset lets a session do.
struct Row {
    std::string preset;
    std::set<std::string> anywhere;
    std::set<std::string> on_own;  ///< besides
    Overwrite overwrite;
};

class Presets : public testing::TestWithParam<Row> {};

TEST_P(Presets, AllowExactlyTheirVerbs) {
    const auto policy = preset_named(GetParam().preset);
    ASSERT_TRUE(policy);
    for (const Verb verb : all_verbs) {
        const std::string word(name_of(verb));
        const bool anywhere = GetParam().anywhere.contains(word);
        EXPECT_EQ(policy->decide(verb, path("/a")).allowed, anywhere) << word;
        EXPECT_EQ(policy->decide(verb, path("/a"), Ownership::own).allowed,
                  anywhere || GetParam().on_own.contains(word))
            << word;
    }
    EXPECT_EQ(policy->overwrite, GetParam().overwrite);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Presets,
    testing::Values(Row{"dropbox",
                        {"upload"},
                        {"list", "stat", "delete", "rename", "attributes"},
                        Overwrite::deny},
                    Row{"exchange",
                        {"upload", "download", "list", "stat", "rename", "mkdir"},
                        {"attributes"},
                        Overwrite::deny},
                    Row{"collect", {"list", "stat", "download", "delete"}, {}, Overwrite::deny},
                    Row{"full",
                        {"upload", "overwrite", "download", "list", "stat", "delete", "rename",
                         "mkdir", "rmdir", "attributes"},
                        {},
                        Overwrite::replace}),
    [](const auto& row) { return row.param.preset; });

TEST(Policy, AllowsNothingByDefault) {
    for (const Verb verb : all_verbs) {
        EXPECT_FALSE(Policy().decide(verb, path("/")).allowed);
        EXPECT_FALSE(Policy().decide(verb, path("/"), Ownership::own).allowed);
    }
}

TEST(Policy, NamesTheRuleThatDecided) {
    Policy policy = *preset_named("dropbox");
    policy.name = "partners";
    EXPECT_EQ(policy.decide(Verb::upload, path("/a")).rule, "policy.partners.allow");
    EXPECT_EQ(policy.decide(Verb::remove, path("/a")).rule, "policy.partners.own");
    EXPECT_EQ(policy.decide(Verb::mkdir, path("/a")).rule, "policy.partners: nothing allows mkdir");
}

TEST(Policy, OnlyTheDropboxHidesOthers) {
    for (const auto name : preset_names) {
        EXPECT_EQ(preset_named(name)->hides_others(path("/a")), name == "dropbox") << name;
    }
}

TEST(Policy, TransientIsWhatHasSuchALastComponent) {
    Policy policy;
    policy.transient_names = {"*.part", "~?.tmp"};
    for (const std::string name : {"/a.part", "/in/a.csv.part", "/.part", "/~1.tmp"}) {
        EXPECT_TRUE(policy.is_transient(path(name))) << name;
    }
    for (const std::string name :
         {"/", "/a.csv", "/a.part/b.csv", "/a.part2", "/A.PART", "/~.tmp"}) {
        EXPECT_FALSE(policy.is_transient(path(name))) << name;
    }
}

TEST(Policy, NothingIsTransientUnlessSaidSo) {
    for (const auto preset : preset_names) {
        EXPECT_FALSE(preset_named(preset)->is_transient(path("/a.part"))) << preset;
    }
}

TEST(Policy, UnknownPresetIsNone) {
    EXPECT_FALSE(preset_named("root"));
    EXPECT_FALSE(preset_named(""));
}

TEST(Verb, WordsAndVerbsMatchOneToOne) {
    for (const Verb verb : all_verbs) EXPECT_EQ(verb_named(name_of(verb)), verb);
    EXPECT_EQ(name_of(Verb::remove), "delete");
    EXPECT_FALSE(verb_named("remove"));
    EXPECT_FALSE(verb_named("Upload"));
}

TEST(Overwrite, StricterIsTheOneThatDestroysLess) {
    const std::vector<Overwrite> by_strictness{Overwrite::deny, Overwrite::keep,
                                               Overwrite::replace};
    for (std::size_t a = 0; a < by_strictness.size(); ++a) {
        for (std::size_t b = 0; b < by_strictness.size(); ++b) {
            EXPECT_EQ(stricter(by_strictness[a], by_strictness[b]), by_strictness[std::min(a, b)]);
        }
    }
}

}  // namespace
}  // namespace sallyport::auth
