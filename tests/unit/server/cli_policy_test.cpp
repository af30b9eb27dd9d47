#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "server/cli/wall_time.hpp"
#include "tests/unit/server/cli_case.hpp"

namespace sallyport::cli {
namespace {

using namespace std::chrono_literals;

/// A configuration with one user "acme"; the listener has files that exist, which is all that
/// `policy test` and `show` ask of them.
class PolicyCli : public CliTest {
  protected:
    PolicyCli() {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
        write("cert.pem", "");
        write("key.pem", "");
        ::chmod((dir_ / "key.pem").c_str(), 0600);
        write("sallyport.toml", R"([tls]
certificate = "cert.pem"
key = "key.pem"
[storage]
root = "files"
[[listener]]
protocol = "ftps"
address = "127.0.0.1:2121"
[policy.p]
preset = "dropbox"
names = ["*.csv"]
from = ["192.0.2.0/24"]
hours = "Mon-Fri 06:00-20:00"
protocols = ["ftps"]
overwrite = "keep"
[[policy.p.rule]]
path = "/reports/**"
allow = ["list", "download"]
[user.acme]
policy = "p"
password = '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$ApULVYDZxJCfeJZ/s6a/6fCDntZLkysRiroh7IlwWyk'
expires = 2030-01-01
[user.locked]
policy = "p"
password = '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$ApULVYDZxJCfeJZ/s6a/6fCDntZLkysRiroh7IlwWyk'
enabled = false
)");
    }
    ~PolicyCli() override {
        ::unsetenv("TZ");
        ::tzset();
    }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(dir_ / name) << text;
    }

    /// `policy test` at a time within the hours, unless `more` says another.
    Result ask(std::vector<std::string> more) {
        std::vector<std::string> words{"policy", "test", dir_ / "sallyport.toml"};
        if (std::find(more.begin(), more.end(), "--user") == more.end()) {
            more.insert(more.begin(), {"--user", "acme"});
        }
        if (std::find(more.begin(), more.end(), "--at") == more.end()) {
            more.insert(more.begin(), {"--at", "2027-06-30T12:00"});
        }
        words.insert(words.end(), more.begin(), more.end());
        return run_with(words);
    }
};

/// A question, and what is answered on standard output.
struct Answer {
    std::vector<std::string> question;
    std::string said;
};

class PolicyAnswers : public PolicyCli, public testing::WithParamInterface<Answer> {};

TEST_P(PolicyAnswers, AreThoseOfTheServer) {
    const Result result = ask(GetParam().question);
    EXPECT_EQ(result.out, GetParam().said + "\n");
    EXPECT_EQ(result.status, GetParam().said.starts_with("allow: ") ? 0 : 1);
    EXPECT_EQ(result.err, "");
}

INSTANTIATE_TEST_SUITE_P(
    Table, PolicyAnswers,
    testing::Values(
        Answer{{"upload", "/a.csv"}, "allow: policy.p.allow"},
        Answer{{"upload", "/a.exe"}, "deny: policy.p.names"},
        Answer{{"mkdir", "/a"}, "deny: policy.p: nothing allows mkdir"},
        Answer{{"stat", "/a.csv"},
               "deny: policy.p.own (allowed on what the same session has uploaded)"},
        Answer{{"download", "/reports/a.pdf"}, "allow: policy.p.rule /reports/**"},
        Answer{{"stat", "reports"}, "allow: policy.p.rule /reports/**"},
        Answer{{"upload", "/reports/a.csv"},
               "deny: policy.p.rule /reports/**: does not allow upload"},
        Answer{{"overwrite", "/a.csv"}, "allow: policy.p.overwrite"},
        Answer{{"--from", "192.0.2.7", "upload", "/a.csv"}, "allow: policy.p.allow"},
        Answer{{"--from", "198.51.100.7", "upload", "/a.csv"}, "deny: policy.p.from"},
        Answer{{"--protocol", "ftps-implicit", "upload", "/a.csv"}, "allow: policy.p.allow"},
        Answer{{"--protocol", "sftp", "upload", "/a.csv"}, "deny: policy.p.protocols"},
        Answer{{"--at", "2027-07-03 12:00", "upload", "/a.csv"}, "deny: policy.p.hours"},
        Answer{{"--at", "2027-06-30T20:00:00Z", "upload", "/a.csv"}, "deny: policy.p.hours"},
        Answer{{"--at", "2030-01-01T12:00", "upload", "/a.csv"}, "deny: user.acme.expires"},
        Answer{{"--user", "locked", "upload", "/a.csv"}, "deny: user.locked.enabled"}));

TEST_F(PolicyCli, QuestionThatMakesNoSenseIsUsage) {
    const std::vector<std::vector<std::string>> questions{
        {"--user", "nobody", "upload", "/a.csv"},
        {"read", "/a.csv"},
        {"upload", "/a\nb"},
        {"--from", "partner.example", "upload", "/a.csv"},
        {"--protocol", "ftp", "upload", "/a.csv"},
        {"--at", "noon", "upload", "/a.csv"},
        {"--at", "2027-02-30T12:00", "upload", "/a.csv"},
        {"upload"},
        {},
    };
    for (const auto& question : questions) {
        const Result result = ask(question);
        EXPECT_EQ(result.status, 2) << result.err;
        EXPECT_EQ(result.out, "");
        EXPECT_EQ(result.err.rfind("sallyport: error: ", 0), 0U) << result.err;
    }
}

TEST_F(PolicyCli, BrokenConfigurationIsToldAsSuch) {
    write("sallyport.toml", "nonsense");
    const Result result = ask({"upload", "/a.csv"});
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find("sallyport.toml:1:"), std::string::npos) << result.err;
}

TEST_F(PolicyCli, HelpOfTheTestShowsAnExample) {
    const Result result = run_with({"policy", "test", "--help"});
    EXPECT_EQ(result.status, 0);
    EXPECT_NE(result.out.find("Example:\n  sallyport policy test"), std::string::npos);
}

TEST_F(PolicyCli, ShowPrintsTheConfigurationWithoutSecrets) {
    const Result result = run_with({"show", dir_ / "sallyport.toml"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_NE(result.out.find("[policy.p]"), std::string::npos);
    EXPECT_EQ(result.out.find("argon2id"), std::string::npos);
}

TEST_F(PolicyCli, ShowOfAUserIsTheirsAlone) {
    const Result result = run_with({"show", dir_ / "sallyport.toml", "--user", "acme"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.out.rfind("[user.acme]\n", 0), 0U) << result.out;
    EXPECT_EQ(run_with({"show", dir_ / "sallyport.toml", "--user", "nobody"}).status, 2);
    EXPECT_EQ(run_with({"show", dir_ / "none.toml"}).status, 1);
}

TEST(WallTime, UtcAndLocalAreToldApart) {
    ::setenv("TZ", "CET-1", 1);
    ::tzset();
    const auto utc = parse_wall_time("2027-06-30T12:00Z");
    const auto local = parse_wall_time("2027-06-30T12:00");
    ::unsetenv("TZ");
    ::tzset();
    ASSERT_TRUE(utc && local);
    EXPECT_EQ(*utc, std::chrono::sys_days(2027y / 6 / 30) + 12h);
    EXPECT_EQ(*utc - *local, 1h);
}

TEST(WallTime, WhatIsNoTimeIsRefused) {
    for (const std::string text : {"", "Z", "2027", "2027-06-30", "12:00", "2027-06-30T25:00",
                                   "2027-13-01T00:00", "2027-06-30T12:00 ", "2027-06-31T12:00"}) {
        EXPECT_FALSE(parse_wall_time(text)) << text;
    }
}

}  // namespace
}  // namespace sallyport::cli
