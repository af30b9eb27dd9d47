#include "config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/public_keys.hpp"
#include "tests/unit/config/config_files.hpp"

namespace sallyport::config {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

class LoadTest : public ConfigFiles {};

constexpr std::string_view complete = R"(
[server]
name       = "files.example.com"
state_dir  = "/var/lib/sallyport"
user       = "sallyport"
hardening  = "best-effort"
threads    = 0
include    = ["policies/*.toml", "users/*.toml"]
drain      = "45s"

[log]
level  = "warning"
format = "text"
file   = "server.log"
audit  = "/var/lib/sallyport/audit.jsonl"

[tls]
certificate  = "tls/fullchain.pem"
key          = "tls/privkey.pem"
min_version  = "1.3"

[ssh]
host_keys = ["ssh/ed25519", "ssh/rsa"]

[[listener]]
protocol       = "ftps"
address        = "0.0.0.0:21"
passive_ports  = "51000-51999"
public_address = "203.0.113.7"
data_session   = "resume"

[[listener]]
protocol = "ftps-implicit"
address  = "[::]:990"

[[listener]]
protocol = "sftp"
address  = "0.0.0.0:22"

[storage]
backend           = "local"
root              = "/srv/incoming"
durability        = "none"
digest            = "none"
partial_retention = "12h"
min_free          = "1GiB"

[limits]
connections = 500
per_address = 10
login_grace = "30s"
idle        = "2m"

[auth]
providers = ["file"]

[policy.partners]
preset        = "dropbox"
max_file_size = "2GiB"
overwrite     = "keep"
file_mode     = "0600"
dir_mode      = "0700"
)";

class CompleteTest : public LoadTest {
  protected:
    CompleteTest() {
        write("tls/fullchain.pem", "");
        write("tls/privkey.pem", "", 0600);
        write("ssh/ed25519", "", 0600);
        write("ssh/rsa", "", 0600);
        write("users/acme.toml",
              "[user.acme]\npolicy = \"partners\"\nhome = \"in/acme\"\npassword = '" +
                  std::string(standard_hash) + "'\nssh_keys = [\"" +
                  std::string(test::ed25519.line) + "\", \"" + std::string(test::rsa2048.line) +
                  "\"]\nenabled = false\nexpires = 2027-06-30\n");
        loaded_ = load_text(complete);
    }
    Loaded loaded_;
};

TEST_F(CompleteTest, LoadsWithoutProblemsOrWarnings) {
    EXPECT_THAT(printed(loaded_.problems), IsEmpty());
    EXPECT_THAT(printed(loaded_.warnings), IsEmpty());
    EXPECT_TRUE(loaded_.config);
}

TEST_F(CompleteTest, ServerLogAndKeysAreTaken) {
    const Config& config = *loaded_.config;
    EXPECT_EQ(config.server, (Server{"files.example.com", "/var/lib/sallyport", "sallyport",
                                     Hardening::best_effort, 0, 45s}));
    EXPECT_EQ(config.log,
              (Log{LogLevel::warning, LogFormat::text, (folder_ / "server.log").native(),
                   "/var/lib/sallyport/audit.jsonl"}));
    EXPECT_EQ(config.tls,
              (Tls{folder_ / "tls/fullchain.pem", folder_ / "tls/privkey.pem", TlsVersion::v1_3}));
    EXPECT_EQ(config.ssh, (Ssh{{folder_ / "ssh/ed25519", folder_ / "ssh/rsa"}}));
}

TEST_F(CompleteTest, ListenersKeepTheirOrder) {
    const std::vector<Listener> expected{
        {Protocol::ftps, {"0.0.0.0", 21}, {}, {51000, 51999}, "203.0.113.7", DataSession::resume},
        {Protocol::ftps_implicit, {"::", 990}, {}, {50000, 50999}, "", DataSession::any},
        {Protocol::sftp, {"0.0.0.0", 22}, {}, {50000, 50999}, "", DataSession::any}};
    EXPECT_EQ(loaded_.config->listeners, expected);
}

TEST_F(CompleteTest, StorageAndLimitsAreTaken) {
    EXPECT_EQ(loaded_.config->storage,
              (Storage{StorageBackend::local, "/srv/incoming", Durability::none,
                       StorageDigest::none, 12h, 1ULL << 30U}));
    Limits limits;
    limits.connections = 500;
    limits.per_address = 10;
    limits.login_grace = 30s;
    limits.idle = 2min;
    EXPECT_EQ(loaded_.config->limits, limits);
}

TEST_F(CompleteTest, UserOfAnIncludedFileGetsThePolicy) {
    const auto& user = loaded_.config->users->at("acme");
    EXPECT_EQ(user.name, "acme");
    EXPECT_EQ(user.home, "in/acme");
    EXPECT_EQ(user.password_hash, standard_hash);
    ASSERT_EQ(user.ssh_keys.size(), 2U);
    EXPECT_EQ(user.ssh_keys[0].fingerprint(), test::ed25519.fingerprint);
    EXPECT_EQ(user.ssh_keys[1].fingerprint(), test::rsa2048.fingerprint);
    EXPECT_FALSE(user.enabled);
    EXPECT_EQ(user.expires, std::chrono::sys_days(std::chrono::year(2027) / 6 / 30));
    const auto& policy = *user.policy;
    EXPECT_EQ(policy.name, "partners");
    EXPECT_EQ(policy.overwrite, storage::Overwrite::keep);
    EXPECT_EQ(policy.max_file_size, 2ULL << 30U);
    EXPECT_EQ(policy.file_mode, 0600U);
    EXPECT_EQ(policy.directory_mode, 0700U);
    EXPECT_TRUE(policy.hides_others(storage::VirtualPath()));
    EXPECT_FALSE(policy.transport.require_resumption);
}

class PolicyTest : public LoadTest {
  protected:
    /// A configuration with this policy "p" and user "u".
    std::shared_ptr<const Config> with(const std::string& policy, const std::string& user = "") {
        auto loaded = load_text(
            after_minimal("[policy.p]\n" + policy + "\n[user.u]\npolicy = \"p\"\n" + user));
        EXPECT_THAT(printed(loaded.problems), IsEmpty());
        return loaded.config;
    }
};

TEST_F(PolicyTest, AllowReplacesThePresetsVerbs) {
    const auto config = with("preset = \"dropbox\"\nallow = [\"download\", \"delete\"]");
    const auto& policy = *config->users->at("u").policy;
    EXPECT_EQ(policy.allowed,
              (auth::VerbSet{auth::Verb::download, auth::Verb::stat, auth::Verb::remove}));
    EXPECT_EQ(policy.own, auth::VerbSet());
}

TEST_F(PolicyTest, PresetsOverwriteModeStaysUnlessSet) {
    EXPECT_EQ(with("preset = \"full\"")->users->at("u").policy->overwrite,
              storage::Overwrite::replace);
    EXPECT_EQ(with("preset = \"full\"\noverwrite = \"deny\"")->users->at("u").policy->overwrite,
              storage::Overwrite::deny);
}

TEST_F(PolicyTest, UserOverridesOnlyForItself) {
    const std::string more =
        "overwrite = \"keep\"\nmax_file_size = \"1MiB\"\nfile_mode = \"0600\"\ndir_mode = "
        "\"0700\"\n"
        "transient_names = [\"*.tmp\"]\ndata_session = \"resume\"\n"
        "allow_missing_close_notify = true\n[user.other]\npolicy = "
        "\"p\"\n";
    const auto config = with(
        "preset = \"full\"\ntransient_names = [\"*.part\", \"~?\"]\ndata_session = \"any\"", more);
    const auto& own = *config->users->at("u").policy;
    EXPECT_EQ(own.name, "p");
    EXPECT_EQ(own.overwrite, storage::Overwrite::keep);
    EXPECT_EQ(own.max_file_size, 1U << 20U);
    EXPECT_EQ(own.file_mode, 0600U);
    EXPECT_EQ(own.directory_mode, 0700U);
    EXPECT_EQ(own.transient_names, (std::vector<std::string>{"*.tmp"}));
    EXPECT_EQ(own.transport.require_resumption, true);
    EXPECT_TRUE(own.transport.allow_missing_close_notify);
    const auto& other = *config->users->at("other").policy;
    EXPECT_EQ(other.overwrite, storage::Overwrite::replace);
    EXPECT_EQ(other.max_file_size, UINT64_MAX);
    EXPECT_EQ(other.transient_names, (std::vector<std::string>{"*.part", "~?"}));
    EXPECT_EQ(other.transport.require_resumption, false);
    EXPECT_FALSE(other.transport.allow_missing_close_notify);
}

TEST_F(PolicyTest, RatesAreBytesASecondAndAUserMayLiftThem) {
    const auto config =
        with("preset = \"full\"\nupload_rate = \"20MiB/s\"\ndownload_rate = \"1MB/s\"",
             "upload_rate = \"0B/s\"\n[user.other]\npolicy = \"p\"\n");
    EXPECT_EQ(config->users->at("other").policy->upload_rate, 20U << 20U);
    EXPECT_EQ(config->users->at("other").policy->download_rate, 1'000'000U);
    EXPECT_EQ(config->users->at("u").policy->upload_rate, 0U);
    EXPECT_EQ(config->users->at("u").policy->download_rate, 1'000'000U);
}

TEST_F(PolicyTest, NoRateIsNoLimit) {
    const auto config = with("preset = \"full\"");
    EXPECT_EQ(config->users->at("u").policy->upload_rate, 0U);
    EXPECT_EQ(config->users->at("u").policy->download_rate, 0U);
}

TEST_F(PolicyTest, RateThatWouldHoldAPacketForHoursIsRefused) {
    EXPECT_THAT(problems_of("[policy.p]\npreset = \"full\"\nupload_rate = \"1023B/s\"\n"),
                testing::ElementsAre("main.toml:13:15: error: \"1023B/s\" is too slow to limit "
                                     "transfers to; allowed: from 1KiB/s, or 0B/s for no limit"));
}

class AdminTest : public LoadTest {
  protected:
    std::optional<AdminAddress> address(const std::string& text) {
        const auto loaded = load_text(after_minimal("[admin]\naddress = \"" + text + "\"\n"));
        EXPECT_THAT(printed(loaded.problems), IsEmpty()) << text;
        return loaded.config ? loaded.config->admin.address : std::nullopt;
    }
};

TEST_F(AdminTest, LoopbackAddressesAreTaken) {
    EXPECT_EQ(address("127.0.0.1:9321"), AdminAddress(Endpoint{"127.0.0.1", 9321}));
    EXPECT_EQ(address("127.1.2.3:1"), AdminAddress(Endpoint{"127.1.2.3", 1}));
    EXPECT_EQ(address("[::1]:0"), AdminAddress(Endpoint{"::1", 0}));
}

TEST_F(AdminTest, SocketBeginsAtTheFolderOfTheFile) {
    EXPECT_EQ(address("unix:/run/x.sock"), AdminAddress(std::filesystem::path("/run/x.sock")));
    EXPECT_EQ(address("unix:x.sock"), AdminAddress(folder_ / "x.sock"));
}

TEST_F(AdminTest, WhatOthersCouldReachIsRefused) {
    for (const std::string text :
         {"0.0.0.0:9321", "[::]:9321", "192.0.2.1:9321", "[2001:db8::1]:9321",
          "[::ffff:127.0.0.1]:9321", "localhost:9321", "127.0.0.1", "", "tcp:127.0.0.1:9321"}) {
        const auto problems = problems_of("[admin]\naddress = \"" + text + "\"\n");
        ASSERT_EQ(problems.size(), 1U) << text;
        EXPECT_THAT(problems[0], testing::HasSubstr("main.toml:12:11: error: "));
        EXPECT_THAT(problems[0], testing::HasSubstr("\"127.0.0.1:9321\"")) << text;
    }
}

TEST_F(AdminTest, SocketPathMustFit) {
    EXPECT_THAT(problems_of("[admin]\naddress = \"unix:\"\n"),
                testing::ElementsAre("main.toml:12:11: error: a path cannot be empty"));
    const auto problems =
        problems_of("[admin]\naddress = \"unix:/" + std::string(107, 'x') + "\"\n");
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_THAT(problems[0], testing::HasSubstr("is too long for a socket"));
}

TEST_F(AdminTest, WithoutATableThereIsNoAddress) {
    EXPECT_FALSE(load_text(minimal).config->admin.address);
}

TEST_F(AdminTest, StatusSocketIsInTheStateFolder) {
    EXPECT_FALSE(status_socket(load_text(minimal).config->server));
    const auto loaded = load_text(after_minimal("[server]\nstate_dir = \"state\"\n"));
    ASSERT_TRUE(loaded.config);
    EXPECT_EQ(status_socket(loaded.config->server), folder_ / "state" / "admin.sock");
}

TEST_F(PolicyTest, UserCanSayThatNoNameIsTransient) {
    const auto config =
        with("preset = \"full\"\ntransient_names = [\"*\"]", "transient_names = []");
    EXPECT_THAT(config->users->at("u").policy->transient_names, IsEmpty());
}

TEST_F(PolicyTest, HomeDefaultsToTheName) {
    EXPECT_EQ(with("preset = \"full\"")->users->at("u").home, "u");
}

TEST_F(LoadTest, SecretsComeFromFilesAndTheEnvironment) {
    write("hashes/a", std::string(standard_hash) + "\n", 0600);
    ::setenv("SALLYPORT_TEST_HASH", std::string(standard_hash).c_str(), 1);
    const auto loaded = load_text(after_minimal(R"([policy.p]
preset = "full"
[user.a]
policy = "p"
password = "file:hashes/a"
[user.b]
policy = "p"
password = "env:SALLYPORT_TEST_HASH"
)"));
    EXPECT_THAT(printed(loaded.problems), IsEmpty());
    ASSERT_TRUE(loaded.config);
    EXPECT_EQ(loaded.config->users->at("a").password_hash, standard_hash);
    EXPECT_EQ(loaded.config->users->at("b").password_hash, standard_hash);
    EXPECT_THAT(loaded.config->sources.files,
                testing::ElementsAre(folder_ / "main.toml", folder_ / "hashes/a"));
}

TEST_F(LoadTest, HardeningThatIsNotSetDependsOnTheKernel) {
    const auto loaded = load_text(minimal);
    ASSERT_TRUE(loaded.config);
    EXPECT_EQ(loaded.config->server.hardening, std::nullopt);
    EXPECT_EQ(loaded.config->server.user, "");
}

TEST_F(LoadTest, SecretLosesOnlyOneNewline) {
    write("a", std::string(standard_hash) + "\n\n", 0600);
    EXPECT_FALSE(problems_of("[policy.p]\npreset = \"full\"\n[user.a]\npolicy = \"p\"\npassword = "
                             "\"file:a\"\n")
                     .empty());
}

TEST_F(LoadTest, EachBadKeyRefusesTheFileAndIsReportedWhereItStands) {
    const std::string good(test::ed25519.line);
    const auto problems =
        problems_of("[policy.p]\npreset = \"full\"\n[user.a]\npolicy = \"p\"\nssh_keys = [\"" +
                    good + "\",\n\"" + std::string(test::dsa_line) + "\",\n\"" + good +
                    "\", \"restrict " + good + "\"]\n");
    ASSERT_EQ(problems.size(), 2U);
    EXPECT_THAT(problems[0], testing::StartsWith("main.toml:16:1: error: DSA keys are too weak"));
    EXPECT_THAT(problems[1], testing::StartsWith("main.toml:17:" + std::to_string(good.size() + 5) +
                                                 ": error: options in front of a key"));
}

TEST_F(LoadTest, RelativePathIsTakenFromTheWorkingDirectoryToo) {
    const auto before = std::filesystem::current_path();
    write("main.toml", minimal);
    std::filesystem::current_path(folder_);
    const auto loaded = load("main.toml");
    std::filesystem::current_path(before);
    ASSERT_TRUE(loaded.config);
    EXPECT_EQ(loaded.config->tls.key, "key.pem");
}

}  // namespace
}  // namespace sallyport::config
