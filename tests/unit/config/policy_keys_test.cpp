#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/config_files.hpp"

namespace sallyport::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

storage::VirtualPath path(std::string_view text) {
    return storage::VirtualPath::parse(text).value();
}

class PolicyKeys : public ConfigFiles {
  protected:
    static std::string user(const std::string& name, const std::string& more = "") {
        return "[user." + name + "]\npolicy = \"p\"\npassword = '" + std::string(standard_hash) +
               "'\n" + more;
    }
    /// The policy of user "u" where policy "p" and the user say this.
    std::shared_ptr<const auth::Policy> policy_of(const std::string& policy,
                                                  const std::string& overrides = "") {
        const auto loaded = load_text(after_minimal("[policy.p]\npreset = \"full\"\n" + policy +
                                                    "\n" + user("u", overrides)));
        EXPECT_THAT(printed(loaded.problems), IsEmpty());
        EXPECT_THAT(printed(loaded.warnings), IsEmpty());
        return loaded.config ? loaded.config->users->at("u").policy : nullptr;
    }
};

constexpr std::string_view everything = R"(names = ["*.csv"]
from = ["192.0.2.0/24"]
hours = "Mon-Fri 06:00-20:00"
protocols = ["ftps"]
max_sessions = 4
max_sessions_per_address = 2
)";

TEST_F(PolicyKeys, AreReadFromThePolicy) {
    const auto policy = policy_of(std::string(everything));
    ASSERT_TRUE(policy);
    EXPECT_THAT(policy->names, ElementsAre("*.csv"));
    ASSERT_EQ(policy->login.from.size(), 1U);
    EXPECT_TRUE(policy->login.from[0].contains("192.0.2.7"));
    EXPECT_EQ(policy->login.hours, auth::WeeklyHours::parse("Mon-Fri 06:00-20:00").value());
    EXPECT_THAT(policy->login.protocols, ElementsAre("ftps"));
    EXPECT_EQ(policy->login.max_sessions, 4U);
    EXPECT_EQ(policy->login.max_sessions_per_address, 2U);
    EXPECT_EQ(policy->name_of_rule(auth::PolicyKey::hours), "policy.p.hours");
}

TEST_F(PolicyKeys, OfAUserOverrideThePolicys) {
    const auto policy = policy_of(
        "names = [\"*\"]\nfrom = [\"::1\"]\nhours = \"Sun 00:00-01:00\"\nprotocols = "
        "[\"sftp\"]\nmax_sessions = 1\nmax_sessions_per_address = 1\noverwrite = \"deny\"",
        std::string(everything) + "overwrite = \"keep\"\n");
    ASSERT_TRUE(policy);
    EXPECT_THAT(policy->names, ElementsAre("*.csv"));
    EXPECT_TRUE(policy->login.from.at(0).contains("192.0.2.7"));
    EXPECT_EQ(policy->login.hours, auth::WeeklyHours::parse("Mon-Fri 06:00-20:00").value());
    EXPECT_THAT(policy->login.protocols, ElementsAre("ftps"));
    EXPECT_EQ(policy->login.max_sessions, 4U);
    EXPECT_EQ(policy->login.max_sessions_per_address, 2U);
    for (std::size_t key = 0; key < auth::policy_key_count; ++key) {
        const auto name = policy->name_of_rule(static_cast<auth::PolicyKey>(key));
        EXPECT_TRUE(name.starts_with("user.u.")) << name;
    }
}

TEST_F(PolicyKeys, LeftOutMeanNoLimit) {
    const auto policy = policy_of("");
    ASSERT_TRUE(policy);
    EXPECT_THAT(policy->names, IsEmpty());
    EXPECT_THAT(policy->login.from, IsEmpty());
    EXPECT_FALSE(policy->login.hours);
    EXPECT_THAT(policy->login.protocols, IsEmpty());
    EXPECT_EQ(policy->login.max_sessions, 0U);
    EXPECT_EQ(policy->login.max_sessions_per_address, 0U);
    EXPECT_THAT(policy->rules, IsEmpty());
}

TEST_F(PolicyKeys, HoursAddUp) {
    auto wanted = auth::WeeklyHours::parse("Mon-Fri 06:00-20:00").value();
    wanted |= auth::WeeklyHours::parse("Sat 22:00-02:00").value();
    const auto policy = policy_of("hours = [\"Mon-Fri 06:00-20:00\", \"Sat 22:00-02:00\"]");
    ASSERT_TRUE(policy);
    EXPECT_EQ(policy->login.hours, wanted);
}

TEST_F(PolicyKeys, RulesComeMostSpecificFirstAndTheUsersBeforeThePolicys) {
    const auto policy = policy_of(
        "[[policy.p.rule]]\npath = \"/**\"\nallow = []\n"
        "[[policy.p.rule]]\npath = \"/in/*\"\nallow = [\"upload\"]\n",
        "[[user.u.rule]]\npath = \"/out/*\"\nallow = [\"download\"]\n");
    ASSERT_TRUE(policy);
    std::vector<std::string> names;
    for (const auto& rule : policy->rules) names.push_back(rule.name);
    EXPECT_THAT(names,
                ElementsAre("user.u.rule /out/*", "policy.p.rule /in/*", "policy.p.rule /**"));
    EXPECT_TRUE(policy->decide(auth::Verb::upload, path("/in/a")).allowed);
    EXPECT_FALSE(policy->decide(auth::Verb::upload, path("/a")).allowed);
}

TEST_F(PolicyKeys, ListAndDownloadBringStatAlong) {
    const auto policy = policy_of(
        "allow = [\"download\"]\n[[policy.p.rule]]\npath = \"/l\"\nallow "
        "= [\"list\"]\n[[policy.p.rule]]\npath = \"/u\"\nallow = "
        "[\"upload\"]\n");
    ASSERT_TRUE(policy);
    EXPECT_TRUE(policy->decide(auth::Verb::stat, path("/a")).allowed);
    EXPECT_TRUE(policy->decide(auth::Verb::stat, path("/l")).allowed);
    EXPECT_FALSE(policy->decide(auth::Verb::stat, path("/u")).allowed);
}

/// Something written wrongly in a policy, whose first line is line 13, and what is said about it.
struct Mistake {
    std::string written;
    std::string said;
};

class PolicyMistakes : public PolicyKeys, public testing::WithParamInterface<Mistake> {};

TEST_P(PolicyMistakes, AreReportedWithTheirPlaceAndAWayOut) {
    const auto problems =
        problems_of("[policy.p]\npreset = \"full\"\n" + GetParam().written + "\n" + user("u"));
    ASSERT_THAT(problems, testing::SizeIs(1));
    EXPECT_THAT(problems[0], HasSubstr(GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(
    Table, PolicyMistakes,
    testing::Values(
        Mistake{"names = \"*.csv\"",
                "toml:13:9: error: expected a list of name patterns, not a "
                "string"},
        Mistake{"names = []", "toml:13:9: error: an empty list allows no name; leave the key out"},
        Mistake{"names = [\"in/*.csv\"]",
                "toml:13:10: error: \"in/*.csv\" cannot match a name: a "
                "name has no '/'"},
        Mistake{"names = [\"[a-z]*\"]",
                "toml:13:10: error: \"[a-z]*\" cannot match a name: "
                "brackets"},
        Mistake{"from = [\"10.0.0.1/8\"]",
                "toml:13:9: error: \"10.0.0.1/8\" is no range of addresses: it has "
                "bits behind its length; the whole range is "
                "\"10.0.0.0/8\""},
        Mistake{"from = [\"partner.example\"]",
                "toml:13:9: error: \"partner.example\" is no range of addresses: "
                "write an IP address"},
        Mistake{"from = []", "toml:13:8: error: an empty list lets nobody in"},
        Mistake{"hours = \"Monday 06:00-20:00\"",
                "toml:13:9: error: \"Monday 06:00-20:00\" cannot "
                "be used: the days are Mon, Tue"},
        Mistake{"hours = [\"06:00-20:00\", \"20:00-20:00\"]",
                "toml:13:25: error: \"20:00-20:00\" cannot be used: no minute lies between"},
        Mistake{"hours = []", "toml:13:9: error: an empty list never lets anybody in"},
        Mistake{"hours = 6",
                "toml:13:9: error: expected hours such as \"Mon-Fri 06:00-20:00\", or "
                "a list of such, not an integer"},
        Mistake{"protocols = [\"ftp\"]",
                "toml:13:14: error: \"ftp\" is not known here; allowed: "
                "\"ftps\" or \"sftp\" (did you mean \"ftps\"?)"},
        Mistake{"protocols = []", "toml:13:13: error: an empty list lets nobody in"},
        Mistake{"max_sessions = 0", "toml:13:16: error: 0 is out of range"},
        Mistake{"max_session = 1", "(did you mean \"max_sessions\"?)"},
        Mistake{"rule = [1]",
                "toml:13:9: error: expected a table with `path` and `allow`, not an "
                "integer"},
        Mistake{"[[policy.p.rule]]\nallow = []", "toml:13:1: error: a rule needs `path`"},
        Mistake{"[[policy.p.rule]]\npath = \"/a\"", "toml:13:1: error: a rule needs `allow`"},
        Mistake{"[[policy.p.rule]]\npath = \"/a\"\nalow = []\nallow = []",
                "toml:15:1: error: unknown key \"alow\" in a rule; allowed are: path, allow (did "
                "you mean \"allow\"?)"},
        Mistake{"[[policy.p.rule]]\npath = \"a\"\nallow = []",
                "toml:14:8: error: \"a\" cannot be used: a path begins with '/'"},
        Mistake{"[[policy.p.rule]]\npath = \"/a**\"\nallow = []",
                "toml:14:8: error: \"/a**\" cannot be used: \"**\" stands for whole names"},
        Mistake{"[[policy.p.rule]]\npath = \"/a\"\nallow = [\"read\"]",
                "toml:15:10: error: \"read\" is not known here; allowed: \"upload\""},
        Mistake{"[[policy.p.rule]]\npath = \"/a/*\"\nallow = [\"upload\"]\n[[policy.p.rule]]\npath "
                "= \"/a/*\"\nallow = []",
                "toml:17:8: error: a rule for \"/a/*\" is there already, at"},
        Mistake{
            "[[policy.p.rule]]\npath = \"/a*\"\nallow = [\"upload\"]\n[[policy.p.rule]]\npath = "
            "\"/*b\"\nallow = []",
            "toml:17:8: error: contradicts the rule for \"/a*\" at"}));

TEST_F(PolicyKeys, RulesThatAllowTheSameDoNotContradictEachOther) {
    EXPECT_TRUE(
        policy_of("[[policy.p.rule]]\npath = \"/a*\"\nallow = []\n[[policy.p.rule]]\npath = "
                  "\"/*b\"\nallow = []\n[[policy.p.rule]]\npath = \"/sub/c*\"\nallow = "
                  "[\"upload\"]\n"));
}

TEST_F(PolicyKeys, RuleOfTheUserMayContradictThePolicys) {
    const auto policy = policy_of("[[policy.p.rule]]\npath = \"/a\"\nallow = []\n",
                                  "[[user.u.rule]]\npath = \"/a\"\nallow = [\"upload\"]\n");
    ASSERT_TRUE(policy);
    EXPECT_TRUE(policy->decide(auth::Verb::upload, path("/a")).allowed);
}

TEST_F(PolicyKeys, TooManyRulesAreRefused) {
    std::string rules;
    for (std::size_t i = 0; i <= auth::max_rules; ++i) {
        rules += "[[policy.p.rule]]\npath = \"/" + std::to_string(i) + "\"\nallow = []\n";
    }
    const auto problems = problems_of("[policy.p]\n" + rules);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_THAT(problems[0], HasSubstr("too many rules; at most 256 are allowed"));
}

TEST_F(PolicyKeys, PolicyWithRulesAloneIsOne) {
    EXPECT_THAT(warnings_of("[policy.p]\n[[policy.p.rule]]\npath = \"/**\"\nallow = [\"list\"]\n" +
                            user("u")),
                IsEmpty());
}

TEST_F(PolicyKeys, PolicyThatNobodyHasIsAWarning) {
    EXPECT_THAT(
        warnings_of("[policy.p]\npreset = \"full\"\n[policy.q]\npreset = \"full\"\n" + user("u")),
        ElementsAre("main.toml:13:9: warning: no user has policy \"q\""));
}

TEST_F(PolicyKeys, DateThatMeansNeverHasNotPassed) {
    EXPECT_TRUE(policy_of("", "expires = 9999-12-31\n"));
}

TEST_F(PolicyKeys, UsersThatAreShutOutForGoodAreWarnings) {
    EXPECT_THAT(
        warnings_of("[policy.p]\npreset = \"full\"\nprotocols = [\"sftp\"]\n" + user("u") +
                    user("v", "protocols = [\"ftps\"]\n") + user("w", "expires = 2001-01-01\n")),
        UnorderedElementsAre(
            HasSubstr("user \"u\" cannot log in: no listener speaks what `protocols` allows"),
            HasSubstr("user \"w\" cannot log in: no listener speaks what `protocols` allows"),
            HasSubstr("main.toml:24:11: warning: user \"w\" has expired and cannot log in")));
}

}  // namespace
}  // namespace sallyport::config
