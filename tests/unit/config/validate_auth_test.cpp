#include "config/validate_auth.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/config_files.hpp"

namespace sallyport::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Behind `minimal`: a policy, the provider `http`, and what the hook's table begins with. The
/// table's first key is in line 16.
std::string hook(const std::string& keys) {
    return "[policy.partners]\npreset = \"full\"\n[auth]\nproviders = [\"file\", \"http\"]\n"
           "[auth.http]\n" +
           keys;
}

class ValidateAuthTest : public ConfigFiles {};

TEST_F(ValidateAuthTest, HookNeedsUrlAndPolicies) {
    EXPECT_THAT(problems_of("[auth]\nproviders = [\"http\"]\n"),
                ElementsAre("main.toml:12:13: error: [auth.http] needs `url` for the provider "
                            "\"http\"",
                            "main.toml:12:13: error: [auth.http] needs `policies` for the provider "
                            "\"http\""));
    EXPECT_THAT(problems_of(hook("url = \"unix:/run/hook.sock\"\npolicies = [\"partners\"]\n")),
                IsEmpty());
}

TEST_F(ValidateAuthTest, PoliciesOfTheHookMustExist) {
    const std::string url = "url = \"unix:/run/hook.sock\"\n";
    EXPECT_THAT(problems_of(hook(url + "policies = [\"partner\"]\n")),
                ElementsAre("main.toml:17:12: error: no policy has the name \"partner\"; write "
                            "[policy.NAME] (did you mean \"partners\"?)"));
    EXPECT_THAT(
        problems_of(hook(url + "policies = []\n")),
        ElementsAre("main.toml:17:12: error: no policy; name at least one that the hook may "
                    "give to users"));
}

TEST_F(ValidateAuthTest, PasswordsNeverLeaveTheMachineInClear) {
    const auto problems =
        problems_of(hook("url = \"http://hook.example.com/\"\npolicies = [\"partners\"]\n"));
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_THAT(problems[0], HasSubstr("main.toml:16:7: error: "));
    EXPECT_THAT(problems[0], HasSubstr("in clear"));
}

TEST_F(ValidateAuthTest, AuthoritiesAreForHttpsAndMustBeReadable) {
    write("ca.pem", "");
    const std::string rest = "policies = [\"partners\"]\nca = \"ca.pem\"\n";
    EXPECT_THAT(problems_of(hook("url = \"https://hook.example.com/\"\n" + rest)), IsEmpty());
    EXPECT_THAT(problems_of(hook("url = \"unix:/run/hook.sock\"\n" + rest)),
                ElementsAre("main.toml:18:6: error: `ca` is for an https `url`; this one needs no "
                            "certificate"));
    const auto missing =
        problems_of(hook("url = \"https://hook.example.com/\"\npolicies = "
                         "[\"partners\"]\nca = \"none.pem\"\n"));
    ASSERT_EQ(missing.size(), 1U);
    EXPECT_THAT(missing[0], HasSubstr("main.toml:18:6: error: "));
}

TEST_F(ValidateAuthTest, TokenIsNeverQuoted) {
    const auto problems =
        problems_of(hook("url = \"unix:/run/hook.sock\"\npolicies = "
                         "[\"partners\"]\ntoken = \"hunter2 and more\"\n"));
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_THAT(problems[0], Not(HasSubstr("hunter2")));
}

TEST_F(ValidateAuthTest, HookThatNobodyAsksIsAWarning) {
    const auto warnings =
        warnings_of("[auth.http]\nurl = \"unix:/run/hook.sock\"\npolicies = [\"partners\"]\n");
    EXPECT_THAT(warnings, Contains(HasSubstr("nobody asks this hook")));
}

TEST_F(ValidateAuthTest, InnerTableIsNotFoundByItsWholeName) {
    EXPECT_THAT(problems_of("[\"auth.http\"]\nurl = \"unix:/run/hook.sock\"\n"),
                ElementsAre(HasSubstr("unknown table \"auth.http\"")));
    EXPECT_THAT(problems_of("[auth]\nhttp = 1\n"), ElementsAre(HasSubstr("[auth.http]")));
}

TEST_F(ValidateAuthTest, HookIsReadWhole) {
    ::setenv("SALLYPORT_TEST_TOKEN", "hunter2", 1);
    const auto loaded = load_text(after_minimal(
        hook("url = \"https://hook.example.com/login\"\npolicies = [\"partners\"]\ntimeout = "
             "\"2s\"\nmax_answer = \"1KiB\"\ntoken = \"env:SALLYPORT_TEST_TOKEN\"\n")));
    ASSERT_TRUE(loaded.config) << loaded.problems.front().str();
    const auto& read = *loaded.config->http_hook;
    EXPECT_EQ(read.url, HookUrl(HttpsUrl{"hook.example.com", 443, "/login"}));
    EXPECT_EQ(read.timeout, std::chrono::seconds(2));
    EXPECT_EQ(read.max_answer, 1024U);
    EXPECT_EQ(read.token.reveal(), "hunter2");
    EXPECT_EQ(read.policies, std::vector<std::string>{"partners"});
    EXPECT_EQ(loaded.config->policies.count("partners"), 1U);
}

}  // namespace
}  // namespace sallyport::config
