#include "config/validate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/public_keys.hpp"
#include "tests/unit/config/config_files.hpp"

namespace sallyport::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ValidateTest : public ConfigFiles {};

TEST_F(ValidateTest, EmptyFileLacksWhatCannotBeGuessed) {
    EXPECT_THAT(problems_of_whole(""), ElementsAre("main.toml: error: [storage] needs `root`",
                                                   "main.toml: error: no [[listener]]; write one"));
}

TEST_F(ValidateTest, MissingKeysAreReportedAtTheirTable) {
    EXPECT_THAT(problems_of("[[listener]]\n\n[policy.p]\npreset = \"full\"\n\n[user.u]\n"),
                ElementsAre("main.toml:11:1: error: [[listener]] needs `protocol`",
                            "main.toml:11:1: error: [[listener]] needs `address`",
                            "main.toml:16:7: error: [user.u] needs `policy`"));
}

TEST_F(ValidateTest, AllProblemsAreReportedInOrder) {
    const auto problems = problems_of(
        "adress = 1\n[limits]\nidle = 5\nidel = 1\n[user.u]\npolicy = \"none\"\nhome = \"..\"\n");
    ASSERT_EQ(problems.size(), 5U);
    EXPECT_TRUE(problems[0].starts_with("main.toml:11:1: "));
    EXPECT_TRUE(problems[1].starts_with("main.toml:13:8: "));
    EXPECT_TRUE(problems[2].starts_with("main.toml:14:1: "));
    EXPECT_TRUE(problems[3].starts_with("main.toml:16:10: "));
    EXPECT_TRUE(problems[4].starts_with("main.toml:17:8: "));
}

TEST_F(ValidateTest, MoreConnectionsPerAddressThanInAllAreFine) {
    EXPECT_THAT(problems_of("[limits]\nconnections = 5\nper_address = 10\n"), IsEmpty());
}

TEST_F(ValidateTest, ProvidersAreNeededOnceEach) {
    EXPECT_THAT(problems_of("[auth]\nproviders = []\n"),
                ElementsAre("main.toml:12:13: error: no provider; name at least one"));
    EXPECT_THAT(problems_of("[auth]\nproviders = [\"file\", \"file\"]\n"),
                ElementsAre("main.toml:12:13: error: a provider is named twice"));
}

TEST_F(ValidateTest, LockedPasswordsNeedAFolderToBeKeptIn) {
    const std::string lock = "[auth]\non_exposed_password = \"lock\"\n";
    EXPECT_THAT(problems_of(lock),
                ElementsAre("main.toml:12:23: error: `on_exposed_password = \"lock\"` needs "
                            "`state_dir` in [server], where it is kept which passwords are "
                            "locked"));
    EXPECT_THAT(problems_of(lock + "[server]\nstate_dir = \"state\"\n"), IsEmpty());
    EXPECT_THAT(problems_of("[auth]\non_exposed_password = \"report\"\n"), IsEmpty());
}

TEST_F(ValidateTest, PolicyOfAUserMustExist) {
    EXPECT_THAT(problems_of("[policy.partners]\npreset = \"full\"\n[user.u]\npolicy = "
                            "\"partner\"\n"),
                ElementsAre("main.toml:14:10: error: no policy has the name \"partner\"; write "
                            "[policy.NAME] (did you mean \"partners\"?)"));
}

TEST_F(ValidateTest, NoUsersIsAWarning) {
    EXPECT_THAT(warnings_of(""),
                ElementsAre("main.toml: warning: no [user.NAME]: nobody can log in"));
}

std::string user(const std::string& name, const std::string& more, std::string_view hash) {
    return "[user." + name + "]\npolicy = \"p\"\npassword = '" + std::string(hash) + "'\n" + more;
}

const std::string policy = "[policy.p]\npreset = \"full\"\n";

TEST_F(ValidateTest, SharedHomeIsAWarning) {
    EXPECT_THAT(warnings_of(policy + user("a", "", standard_hash) +
                            user("b", "home = \"a\"\n", standard_hash)),
                ElementsAre("main.toml:19:8: warning: users \"a\" and \"b\" have the same home, "
                            "\"a\""));
}

TEST_F(ValidateTest, UserWithoutPasswordAndKeyIsAWarning) {
    for (const std::string keys : {"", "ssh_keys = []\n"}) {
        EXPECT_THAT(warnings_of(policy + "[user.a]\npolicy = \"p\"\n" + keys),
                    ElementsAre("main.toml:13:7: warning: user \"a\" has neither a password nor a "
                                "key and cannot log in"));
    }
}

TEST_F(ValidateTest, UserWithKeysOnlyIsAWarningWhereNobodySpeaksSftp) {
    const std::string keys = policy + "[user.a]\npolicy = \"p\"\nssh_keys = [\"" +
                             std::string(test::ed25519.line) + "\"]\n";
    EXPECT_THAT(warnings_of(keys),
                ElementsAre("main.toml:13:7: warning: user \"a\" has keys only and cannot log in: "
                            "no listener speaks SFTP"));
    EXPECT_THAT(warnings_of(keys + "password = '" + std::string(standard_hash) + "'\n"), IsEmpty());
    write("host", "", 0600);
    EXPECT_THAT(warnings_of(keys + "[ssh]\nhost_keys = [\"host\"]\n[[listener]]\nprotocol = "
                                   "\"sftp\"\naddress = \"127.0.0.1:2222\"\n"),
                IsEmpty());
}

TEST_F(ValidateTest, HashOfAnotherCostIsAWarning) {
    std::string cheap(standard_hash);
    cheap.replace(cheap.find("19456"), 5, "8192");
    EXPECT_THAT(warnings_of(policy + user("a", "", cheap)),
                ElementsAre("main.toml:15:12: warning: this hash does not cost what `sallyport "
                            "hash-password` makes: the time that a login takes tells that the "
                            "user exists"));
}

TEST_F(ValidateTest, PolicyThatPermitsNothingIsAWarning) {
    const auto warnings = warnings_of("[policy.p]\n" + user("a", "", standard_hash));
    EXPECT_THAT(warnings, ElementsAre("main.toml:11:9: warning: policy \"p\" has neither `preset` "
                                      "nor `allow` and permits nothing"));
}

TEST_F(ValidateTest, VirtualFolderThatIsNotThereIsAWarning) {
    const std::string mounts = policy + "[policy.p.mounts]\n\"/a\" = \"/\"\n";
    EXPECT_THAT(warnings_of(mounts + user("a", "", standard_hash)), IsEmpty());
    EXPECT_THAT(
        warnings_of(mounts + "\"/b\" = \"/nowhere/b\"\n" + user("a", "", standard_hash)),
        ElementsAre(
            "main.toml:15:8: warning: there is no folder \"/nowhere/b\"; users find nothing "
            "at \"/b\" until there is"));
}

TEST_F(ValidateTest, StorageInMemoryNeedsNoRoot) {
    EXPECT_THAT(problems_of_whole("[storage]\nbackend = \"memory\"\n"),
                ElementsAre("main.toml: error: no [[listener]]; write one"));
}

const std::string sharing = "[policy.p]\npreset = \"full\"\nquota_group = \"g\"\n";

TEST_F(ValidateTest, QuotaGroupWithoutAQuotaIsAnError) {
    EXPECT_THAT(
        problems_of(sharing + user("a", "", standard_hash) + user("b", "", standard_hash)),
        ElementsAre("main.toml:13:15: error: quota group \"g\" has no quota to share; write "
                    "`quota` or `quota_files`"));
}

TEST_F(ValidateTest, UsersWhoShareAQuotaAgreeOnIt) {
    const std::string limited = sharing + "quota = \"1GiB\"\nquota_files = 10\n";
    EXPECT_THAT(problems_of(limited + user("a", "", standard_hash) + user("b", "", standard_hash)),
                IsEmpty());
    EXPECT_THAT(problems_of(limited + user("a", "quota_group = \"other\"\n", standard_hash) +
                            user("b", "quota = \"2GiB\"\n", standard_hash)),
                IsEmpty());
    EXPECT_THAT(problems_of(limited + user("a", "", standard_hash) +
                            user("b", "quota_files = 11\n", standard_hash)),
                ElementsAre("main.toml:13:15: error: users \"a\" and \"b\" share quota group "
                            "\"g\" but have different quotas; make `quota` and `quota_files` the "
                            "same"));
}

/// One way to write a secret wrongly, and what is said about it.
struct BadSecret {
    std::string password;  ///< as TOML
    std::string said;
};

class SecretTest : public ConfigFiles, public testing::WithParamInterface<BadSecret> {};

TEST_P(SecretTest, IsRefusedAndNeverQuoted) {
    write("plain", "hunter2\n", 0600);
    write("open", std::string(standard_hash), 0644);
    write("huge", std::string(5000, 'h'), 0600);
    ::setenv("SALLYPORT_TEST_PLAIN", "hunter2", 1);
    ::unsetenv("SALLYPORT_TEST_UNSET");
    const auto loaded = load_text(after_minimal(
        policy + "[user.u]\npolicy = \"p\"\npassword = " + GetParam().password + "\n"));
    ASSERT_EQ(loaded.problems.size(), 1U);
    const std::string problem = printed(loaded.problems).front();
    EXPECT_THAT(problem, testing::StartsWith("main.toml:15:"));
    EXPECT_THAT(problem, HasSubstr(GetParam().said));
    for (const std::string secret : {"hunter", "unter2", "99999", "c29tZXN"}) {
        EXPECT_THAT(problem, testing::Not(HasSubstr(secret)));
    }
}

constexpr std::string_view plain_refused =
    "12: error: plain passwords are refused; make a hash with `sallyport hash-password`";

INSTANTIATE_TEST_SUITE_P(
    Table, SecretTest,
    testing::Values(
        BadSecret{"\"hunter2\"", std::string(plain_refused)},
        BadSecret{"\"\"", std::string(plain_refused)},
        BadSecret{"\"file:plain\"", std::string(plain_refused)},
        BadSecret{"\"env:SALLYPORT_TEST_PLAIN\"", std::string(plain_refused)},
        BadSecret{"\"$6$hunter2$hunter2\"", "12: error: this password hash is not supported"},
        BadSecret{"'$argon2id$v=19$m=1024,t=2,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA'",
                  "12: error: this password hash is not supported"},
        BadSecret{"\"file:open\"",
                  "\"open\" holds a secret and is accessible to everybody; chmod "
                  "it to 0600"},
        BadSecret{"\"file:none\"", "cannot read \"none\": No such file or directory"},
        BadSecret{"\"file:huge\"", "\"huge\" is too large; at most 4096 bytes are read"},
        BadSecret{"\"file:.\"", "is not a regular file"},
        BadSecret{"\"env:SALLYPORT_TEST_UNSET\"",
                  "environment variable \"SALLYPORT_TEST_UNSET\" is not set"},
        BadSecret{"[\"hunter2\"]", "expected a string, not a list"},
        BadSecret{"999999", "expected a string, not an integer"},
        BadSecret{"hunter2", "not valid TOML"}, BadSecret{"\"hunter2", "not valid TOML"},
        BadSecret{"\"x\" hunter2", "not valid TOML"},
        BadSecret{"\"hunter2\\u0000\"", "control characters are not allowed here"},
        BadSecret{"99999999999999999999", "this is not representable in 64 bits"},
        BadSecret{"1e999999999", "not valid TOML"}));

}  // namespace
}  // namespace sallyport::config
