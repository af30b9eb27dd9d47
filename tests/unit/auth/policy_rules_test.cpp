#include <gtest/gtest.h>

#include "auth/policy.hpp"
#include "tests/unit/auth/fake_volume.hpp"

namespace sallyport::auth {
namespace {

PathRule rule(const std::string& pattern, VerbSet allowed) {
    return {PathPattern::parse(pattern).value(), allowed, "policy.p.rule " + pattern};
}

Policy policy_with(std::string_view preset, std::vector<PathRule> rules) {
    Policy policy = *preset_named(preset);
    policy.name = "p";
    policy.rules = std::move(rules);
    sort_rules(policy.rules);
    return policy;
}

/// One question to the policy of `PathRules`, and what decides it.
struct Question {
    Verb verb;
    std::string path;
    bool allowed;
    std::string rule;
};

class PathRules : public testing::TestWithParam<Question> {
  protected:
    const Policy policy_ =
        policy_with("exchange", {
                                    rule("/reports/**", {Verb::list, Verb::download, Verb::stat}),
                                    rule("/reports/drafts/**", {}),
                                    rule("/reports/drafts/*.txt", {Verb::upload}),
                                    rule("/**/*.key", {Verb::upload}),
                                    rule("/in/*", {Verb::upload, Verb::remove}),
                                    rule("/in", {Verb::list}),
                                });
};

TEST_P(PathRules, MostSpecificOneDecides) {
    const Decision decision = policy_.decide(GetParam().verb, path(GetParam().path));
    EXPECT_EQ(decision.allowed, GetParam().allowed);
    EXPECT_EQ(decision.rule, GetParam().rule);
}

INSTANTIATE_TEST_SUITE_P(
    Table, PathRules,
    testing::Values(Question{Verb::upload, "/a.csv", true, "policy.p.allow"},
                    Question{Verb::remove, "/a.csv", false, "policy.p: nothing allows delete"},
                    Question{Verb::list, "/reports", true, "policy.p.rule /reports/**"},
                    Question{Verb::download, "/reports/a/b.pdf", true, "policy.p.rule /reports/**"},
                    // A rule says all that is allowed, not what is allowed besides.
                    Question{Verb::upload, "/reports/a.pdf", false,
                             "policy.p.rule /reports/**: does not allow upload"},
                    Question{Verb::download, "/reports/drafts", false,
                             "policy.p.rule /reports/drafts/**: does not allow download"},
                    Question{Verb::upload, "/reports/drafts/a.txt", true,
                             "policy.p.rule /reports/drafts/*.txt"},
                    Question{Verb::upload, "/reports/drafts/a/b.txt", false,
                             "policy.p.rule /reports/drafts/**: does not allow upload"},
                    // What comes first in the path counts more than what comes last.
                    Question{Verb::download, "/reports/id.key", true, "policy.p.rule /reports/**"},
                    Question{Verb::download, "/id.key", false,
                             "policy.p.rule /**/*.key: does not allow download"},
                    Question{Verb::remove, "/in/id.key", true, "policy.p.rule /in/*"},
                    Question{Verb::upload, "/in", false,
                             "policy.p.rule /in: does not allow upload"},
                    Question{Verb::upload, "/in/a/b", true, "policy.p.allow"}));

TEST(PolicyRules, OfEqualSpecificityTheFirstWins) {
    Policy policy = policy_with("full", {rule("/a/*", {}), rule("/a/*", {Verb::upload})});
    EXPECT_FALSE(policy.decide(Verb::upload, path("/a/b")).allowed);
}

TEST(PolicyRules, WhatIsGrantedOnOwnUploadsHoldsWhereUploadIsAllowed) {
    const Policy policy =
        policy_with("dropbox", {rule("/in/**", {Verb::upload}), rule("/out/**", {Verb::list})});
    EXPECT_TRUE(policy.decide(Verb::stat, path("/in/a"), Ownership::own).allowed);
    EXPECT_FALSE(policy.decide(Verb::stat, path("/in/a")).allowed);
    EXPECT_FALSE(policy.decide(Verb::stat, path("/out/a"), Ownership::own).allowed);
    EXPECT_TRUE(policy.hides_others(path("/in/a")));
    EXPECT_FALSE(policy.hides_others(path("/out/a")));
}

TEST(PolicyRules, WhatIsBelowIsDecidedByAllThatCouldMatchThere) {
    const VerbSet renames{Verb::rename};
    const Policy policy = policy_with("full", {
                                                  rule("/a/secret/**", {}),
                                                  rule("/free/**", renames),
                                                  rule("/free/*/x", renames),
                                                  rule("/**/*.key", {}),
                                                  rule("/shut", renames),
                                              });
    const auto below = [&policy](std::string_view p) {
        return policy.decide_below(Verb::rename, path(p)).allowed;
    };
    EXPECT_FALSE(below("/a"));
    EXPECT_FALSE(below("/a/secret"));
    EXPECT_FALSE(below("/"));
    EXPECT_TRUE(below("/free"));
    EXPECT_TRUE(below("/free/deep"));
    EXPECT_FALSE(below("/elsewhere")) << "a *.key could lie there";
}

TEST(PolicyRules, WhatNoRuleCoversBelowIsDecidedByThePolicy) {
    const Policy policy = policy_with("collect", {rule("/inbox", {Verb::rename})});
    EXPECT_TRUE(policy.decide(Verb::rename, path("/inbox")).allowed);
    EXPECT_FALSE(policy.decide_below(Verb::rename, path("/inbox")).allowed);
}

TEST(PolicyNames, AllowTransientOnesToo) {
    Policy policy = policy_with("full", {});
    policy.names = {"*.csv", "report-?.xml"};
    policy.transient_names = {"*.part"};
    for (const std::string name : {"/a.csv", "/in/report-1.xml", "/a.exe.part", "/.csv"}) {
        EXPECT_TRUE(policy.decide_name(path(name)).allowed) << name;
    }
    for (const std::string name : {"/a.exe", "/a.CSV", "/a.csv/b", "/report-10.xml"}) {
        const Decision decision = policy.decide_name(path(name));
        EXPECT_FALSE(decision.allowed) << name;
        EXPECT_EQ(decision.rule, "policy.p.names");
    }
}

TEST(PolicyNames, WithoutThemAnyNameWillDo) {
    EXPECT_TRUE(policy_with("full", {}).decide_name(path("/a.exe")).allowed);
}

}  // namespace
}  // namespace sallyport::auth
