#include "server/cli/cli.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "auth/base32.hpp"
#include "auth/password_hash.hpp"
#include "auth/totp.hpp"
#include "server/cli/demo_guide.hpp"
#include "server/cli/demo_site.hpp"
#include "server/cli/qr_code.hpp"
#include "tests/unit/server/cli_case.hpp"

namespace sallyport::cli {
namespace {

/// Standard input holds these bytes while this lives.
class Typed {
  public:
    explicit Typed(const std::string& bytes) : saved_(::dup(STDIN_FILENO)), file_(::tmpfile()) {
        std::fwrite(bytes.data(), 1, bytes.size(), file_);
        std::fflush(file_);
        ::dup2(::fileno(file_), STDIN_FILENO);
        ::lseek(STDIN_FILENO, 0, SEEK_SET);
    }
    Typed(const Typed&) = delete;
    Typed& operator=(const Typed&) = delete;
    ~Typed() {
        ::dup2(saved_, STDIN_FILENO);
        ::close(saved_);
        std::fclose(file_);
    }

  private:
    int saved_;
    std::FILE* file_;
};

class EachCommand : public testing::TestWithParam<const char*> {};

TEST_P(EachCommand, HelpShowsAnExample) {
    const Result result = run_with({GetParam(), "--help"});
    EXPECT_EQ(result.status, 0);
    EXPECT_NE(result.out.find("Example:\n  sallyport " + std::string(GetParam())),
              std::string::npos)
        << result.out;
    EXPECT_EQ(result.err, "");
}

TEST_P(EachCommand, UnknownOptionIsUsage) {
    const Result result = run_with({GetParam(), "--no-such-option"});
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.out, "");
}

INSTANTIATE_TEST_SUITE_P(Commands, EachCommand,
                         testing::Values("serve", "quickstart", "check", "show", "policy", "status",
                                         "hash-password", "totp", "keygen"),
                         [](const auto& row) {
                             std::string name = row.param;
                             std::erase(name, '-');
                             return name;
                         });

TEST(Cli, UnknownCommandIsUsageInOneLine) {
    const Result result = run_with({"frobnicate"});
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.err.rfind("sallyport: error: ", 0), 0U) << result.err;
    EXPECT_NE(result.err.find("frobnicate"), std::string::npos) << result.err;
    EXPECT_EQ(result.err.find('\n'), result.err.size() - 1);
}

TEST(Cli, NoCommandIsUsage) {
    EXPECT_EQ(run_with({}).status, 2);
}

TEST(Cli, VersionNamesTheProgram) {
    const Result result = run_with({"--version"});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.out.rfind("sallyport ", 0), 0U);
}

TEST(Cli, HelpListsTheCommands) {
    const Result result = run_with({"--help"});
    EXPECT_EQ(result.status, 0);
    EXPECT_NE(result.out.find("hash-password"), std::string::npos);
}

TEST(Cli, RequiredArgumentMissingIsUsage) {
    EXPECT_EQ(run_with({"serve"}).status, 2);
    EXPECT_EQ(run_with({"check"}).status, 2);
    EXPECT_EQ(run_with({"show"}).status, 2);
    EXPECT_EQ(run_with({"policy"}).status, 2);
    EXPECT_EQ(run_with({"keygen"}).status, 2);
}

TEST_F(CliTest, CheckOfMissingFileNamesItAndRefuses) {
    const std::string file = dir_ / "none.toml";
    const Result result = run_with({"check", file});
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find(file), std::string::npos) << result.err;
}

TEST_F(CliTest, ServeOfMissingFileRefuses) {
    const Result result = run_with({"serve", "--config", dir_ / "none.toml"});
    EXPECT_EQ(result.status, 1);
    EXPECT_NE(result.err.find("error: "), std::string::npos) << result.err;
}

TEST(HashPassword, PrintsAloneWhatVerifies) {
    const Typed typed("correct horse\nsecond line\n");
    const Result result = run_with({"hash-password"});
    ASSERT_EQ(result.status, 0) << result.err;
    ASSERT_TRUE(result.out.ends_with('\n'));
    const std::string hash = result.out.substr(0, result.out.size() - 1);
    EXPECT_TRUE(auth::verify_password(auth::Secret("correct horse"), hash));
    EXPECT_FALSE(auth::verify_password(auth::Secret("correct horse\n"), hash));
    EXPECT_EQ(result.err, "");
}

TEST(HashPassword, LineBreakOfWindowsIsNoPartOfIt) {
    const Typed typed("correct horse\r\n");
    const std::string hash = run_with({"hash-password"}).out;
    EXPECT_TRUE(
        auth::verify_password(auth::Secret("correct horse"), hash.substr(0, hash.size() - 1)));
}

TEST(HashPassword, LongestIsTakenAndLongerRefused) {
    {
        const Typed typed(std::string(1024, 'x'));
        EXPECT_EQ(run_with({"hash-password"}).status, 0);
    }
    const Typed typed(std::string(1025, 'x'));
    const Result result = run_with({"hash-password"});
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.err, "sallyport: error: the password is longer than 1024 bytes\n");
}

TEST(HashPassword, EmptyIsRefused) {
    for (const char* bytes : {"", "\n", "\r\n", "\nsecond"}) {
        const Typed typed(bytes);
        const Result result = run_with({"hash-password"});
        EXPECT_EQ(result.status, 1);
        EXPECT_EQ(result.out, "");
        EXPECT_EQ(result.err, "sallyport: error: the password is empty\n");
    }
}

TEST(HashPassword, NulIsRefused) {
    const Typed typed(std::string("a\0b\n", 4));
    EXPECT_EQ(run_with({"hash-password"}).status, 1);
}

TEST_F(CliTest, KeygenMakesAKeyForItsOwnerAlone) {
    const Result result = run_with({"keygen", dir_ / "new", "--name", "files.example.com"});
    ASSERT_EQ(result.status, 0) << result.err;
    const TlsFiles files(dir_ / "new");
    EXPECT_EQ(mode_of(files.key), 0600U);
    EXPECT_TRUE(text_of(files.key).starts_with("-----BEGIN PRIVATE KEY-----"));
    EXPECT_FALSE(fingerprint_of(files.certificate).empty());
    EXPECT_NE(result.out.find(fingerprint_of(files.certificate)), std::string::npos);
}

TEST_F(CliTest, KeygenReplacesNothing) {
    ASSERT_EQ(run_with({"keygen", dir_}).status, 0);
    const TlsFiles files(dir_);
    const std::string key = text_of(files.key);
    std::filesystem::remove(files.certificate);
    const Result result = run_with({"keygen", dir_});
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(text_of(files.key), key);
    EXPECT_FALSE(std::filesystem::exists(files.certificate));
}

TEST_F(CliTest, KeygenDoesNotFollowADanglingLink) {
    std::filesystem::create_directories(dir_ / "tls");
    std::filesystem::create_symlink(dir_ / "elsewhere", TlsFiles(dir_).key);
    EXPECT_EQ(run_with({"keygen", dir_}).status, 1);
    EXPECT_FALSE(std::filesystem::exists(dir_ / "elsewhere"));
}

TEST_F(CliTest, KeygenForNoHostIsUsage) {
    EXPECT_EQ(run_with({"keygen", dir_, "--name", "a,DNS:b"}).status, 2);
    EXPECT_FALSE(std::filesystem::exists(TlsFiles(dir_).key));
}

TEST_F(CliTest, DemoSiteIsAGoodConfigurationAndIsReused) {
    const DemoSite site(dir_ / "demo");
    complete(site, {});
    const Result result = run_with({"check", site.config});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.out, site.config.string() + ": ok (2 listeners, 1 user, 1 policy in use)\n");
    const std::string config = text_of(site.config);
    const std::string password(demo_password(site).reveal());
    const std::string certificate = text_of(site.tls.certificate);
    complete(site, {4242, 4243});
    EXPECT_EQ(text_of(site.config), config);
    EXPECT_EQ(demo_password(site).reveal(), password);
    EXPECT_EQ(text_of(site.tls.certificate), certificate);
}

TEST_F(CliTest, DemoSecretsAreForTheirOwnerAlone) {
    const DemoSite site(dir_ / "demo");
    complete(site, {});
    EXPECT_EQ(mode_of(site.dir), 0700U);
    EXPECT_EQ(mode_of(site.config), 0600U);
    EXPECT_EQ(mode_of(site.password), 0600U);
    EXPECT_EQ(mode_of(site.tls.key), 0600U);
    EXPECT_EQ(mode_of(site.host_keys.ed25519), 0600U);
    EXPECT_EQ(mode_of(site.host_keys.rsa), 0600U);
    EXPECT_EQ(demo_password(site).size(), 20U);
    EXPECT_EQ(text_of(site.config).find(demo_password(site).reveal()), std::string::npos);
}

TEST_F(CliTest, DemoGuideQuotesAwkwardFolders) {
    const DemoSite site(dir_ / "it's \"mine\"");
    complete(site, {});
    const DemoDoors doors{config::Endpoint{"127.0.0.1", 4242}, config::Endpoint{"0.0.0.0", 4243}};
    const std::string guide = demo_guide(site, doors, "Secret");
    EXPECT_NE(guide.find("it'\\''s \"mine\"/tls/fullchain.pem' -u demo:Secret"), std::string::npos)
        << guide;
    EXPECT_NE(guide.find("it's \\\"mine\\\"/tls/fullchain.pem\")"), std::string::npos) << guide;
    EXPECT_NE(guide.find("ftp://127.0.0.1:4242/"), std::string::npos);
    EXPECT_NE(guide.find(fingerprint_of(site.tls.certificate)), std::string::npos);
    EXPECT_NE(guide.find("it's \\\"mine\\\"/known_hosts\")"), std::string::npos) << guide;
    EXPECT_NE(guide.find("sftp://127.0.0.1:4243/"), std::string::npos);
    EXPECT_NE(guide.find(facts_of(site.host_keys.rsa).fingerprint), std::string::npos);
    EXPECT_NE(guide.find("it'\\''s \"mine\"/sallyport.toml' --watch"), std::string::npos) << guide;
}

TEST_F(CliTest, DemoGuideKeepsSilentAboutADoorThatIsNotOpen) {
    const DemoSite site(dir_ / "demo");
    complete(site, {});
    const std::string guide = demo_guide(site, {config::Endpoint{"127.0.0.1", 4242}, {}}, "Secret");
    EXPECT_EQ(guide.find("sftp"), std::string::npos) << guide;
}

TEST_F(CliTest, KnownHostsHoldsBothKeys) {
    const DemoSite site(dir_ / "demo");
    complete(site, {});
    EXPECT_EQ(known_hosts(site, {"127.0.0.1", 4243}),
              "[127.0.0.1]:4243 " + facts_of(site.host_keys.ed25519).public_line +
                  "\n[127.0.0.1]:4243 " + facts_of(site.host_keys.rsa).public_line + "\n");
}

TEST_F(CliTest, KeygenNeverReplacesAHostKey) {
    const HostKeyFiles files(dir_);
    std::filesystem::create_directories(files.rsa.parent_path());
    std::ofstream(files.rsa) << "mine";
    EXPECT_EQ(run_with({"keygen", dir_}).status, 1);
    EXPECT_EQ(text_of(files.rsa), "mine");
    EXPECT_FALSE(std::filesystem::exists(files.ed25519));
}

TEST(ShellWord, QuotesWhatAShellWouldRead) {
    EXPECT_EQ(shell_word("/a/b-c.pem"), "/a/b-c.pem");
    EXPECT_EQ(shell_word("a b"), "'a b'");
    EXPECT_EQ(shell_word("$(x)"), "'$(x)'");
    EXPECT_EQ(shell_word("it's"), R"('it'\''s')");
    EXPECT_EQ(shell_word(""), "''");
}

TEST(Totp, PrintsSecretUriCodeAndTheLineToPaste) {
    const Result result = run_with({"totp", "jane.doe@example.com", "--issuer", "Files & Co"});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
    ASSERT_EQ(result.out.rfind("secret  ", 0), 0U);
    const std::string secret = result.out.substr(8, 32);
    EXPECT_EQ(auth::from_base32(secret)->size(), auth::new_totp_secret_bytes);
    EXPECT_NE(
        result.out.find("uri     otpauth://totp/Files%20%26%20Co:jane.doe%40example.com?secret=" +
                        secret + "&issuer=Files%20%26%20Co&algorithm=SHA1&digits=6&period=30\n"),
        std::string::npos);
    EXPECT_TRUE(result.out.ends_with("\ntotp = \"" + secret + "\"\n"));
    EXPECT_EQ(result.out.find('\x1b'), std::string::npos);
}

TEST(Totp, EachSecretIsNew) {
    EXPECT_NE(run_with({"totp", "acme"}).out, run_with({"totp", "acme"}).out);
}

TEST(Totp, BadNamesAreUsage) {
    EXPECT_EQ(run_with({"totp"}).status, 2);
    EXPECT_EQ(run_with({"totp", "../acme"}).status, 2);
    EXPECT_EQ(run_with({"totp", "acme", "--issuer", "a:b"}).status, 2);
    EXPECT_EQ(run_with({"totp", "acme", "--issuer", ""}).status, 2);
}

TEST(QrCode, ShowsTheFinderPatternsAndAQuietZone) {
    const auto code = qr_code("A");
    ASSERT_TRUE(code);
    std::istringstream lines(*code);
    std::vector<std::string> rows;
    for (std::string line; std::getline(lines, line);) rows.push_back(line);
    // 21 modules and twice 4 around them, two rows of them in each line.
    ASSERT_EQ(rows.size(), 15U);
    std::string edge;
    for (int column = 0; column < 29; ++column) edge += "█";
    EXPECT_EQ(rows.front(), edge);
    EXPECT_EQ(rows[2].rfind("████ ▄▄▄▄▄ █", 0), 0U) << rows[2];
    EXPECT_EQ(rows[3].rfind("████ █   █ █", 0), 0U) << rows[3];
    EXPECT_EQ(rows[5].rfind("████▄▄▄▄▄▄▄█", 0), 0U) << rows[5];
}

TEST(QrCode, TextThatNoCodeHoldsHasNone) {
    EXPECT_FALSE(qr_code(std::string(3000, 'x')));
}

}  // namespace
}  // namespace sallyport::cli
