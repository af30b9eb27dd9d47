#include "config/validate_listeners.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/config_files.hpp"

namespace sallyport::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ListenerTest : public ConfigFiles {};

TEST_F(ListenerTest, ListenersCannotShareAnAddress) {
    EXPECT_THAT(problems_of("[[listener]]\nprotocol = \"ftps-implicit\"\naddress = "
                            "\"127.0.0.1:2121\"\n"),
                ElementsAre("main.toml:13:11: error: another listener has this address; it is at "
                            "main.toml:10:11"));
}

TEST_F(ListenerTest, ListenersCanShareTheAddressWhenTheSystemChoosesPorts) {
    const std::string any = "[[listener]]\nprotocol = \"ftps\"\naddress = \"127.0.0.1:0\"\n";
    EXPECT_THAT(problems_of(any + any), IsEmpty());
}

TEST_F(ListenerTest, MissingCertificateAndKeyAreReported) {
    std::filesystem::remove(folder_ / "cert.pem");
    std::filesystem::remove(folder_ / "key.pem");
    std::filesystem::create_directory(folder_ / "key.pem");
    EXPECT_THAT(problems_of(""),
                ElementsAre("main.toml:2:15: error: cannot use \"cert.pem\": No such file or "
                            "directory",
                            "main.toml:3:7: error: cannot use \"key.pem\": not a regular file"));
}

TEST_F(ListenerTest, KeyIsForItsOwnerOnly) {
    for (const mode_t mode : {0640U, 0620U, 0604U, 0602U, 0644U}) {
        write("key.pem", "", mode);
        EXPECT_THAT(problems_of(""),
                    ElementsAre("main.toml:3:7: error: \"key.pem\" is accessible to group or "
                                "others; chmod it to 0600"));
    }
    write("key.pem", "", 0400);
    EXPECT_THAT(problems_of(""), IsEmpty());
}

/// A configuration for SFTP alone, seven lines, with `more` behind it.
std::string sftp_only(std::string_view more) {
    std::string text = R"([storage]
root = "files"

[[listener]]
protocol = "sftp"
address = "127.0.0.1:2222"

)";
    return text.append(more);
}

TEST_F(ListenerTest, SftpNeedsHostKeysAndNoCertificate) {
    write("host", "", 0600);
    EXPECT_THAT(problems_of_whole(sftp_only("[ssh]\nhost_keys = [\"host\"]\n")), IsEmpty());
    EXPECT_THAT(problems_of_whole(sftp_only("")),
                ElementsAre("main.toml: error: [ssh] needs `host_keys` for the SFTP listener at "
                            "main.toml:4:1"));
    EXPECT_THAT(
        problems_of_whole(sftp_only("[ssh]\n")),
        ElementsAre("main.toml:8:1: error: [ssh] needs `host_keys` for the SFTP listener at "
                    "main.toml:4:1"));
    EXPECT_THAT(problems_of_whole(sftp_only("[ssh]\nhost_keys = []\n")),
                ElementsAre("main.toml:9:13: error: no host key; name at least one for SFTP"));
}

TEST_F(ListenerTest, FtpsNeedsACertificateAndNoHostKeys) {
    for (const std::string protocol : {"ftps", "ftps-implicit"}) {
        const std::string text = "[storage]\nroot = \"files\"\n[[listener]]\nprotocol = \"" +
                                 protocol + "\"\naddress = \"127.0.0.1:2121\"\n";
        EXPECT_THAT(problems_of_whole(text),
                    ElementsAre("main.toml: error: [tls] needs `certificate` for the FTPS listener "
                                "at main.toml:3:1",
                                "main.toml: error: [tls] needs `key` for the FTPS listener at "
                                "main.toml:3:1"));
        EXPECT_THAT(problems_of_whole(text + "[tls]\ncertificate = \"cert.pem\"\n"),
                    ElementsAre("main.toml:6:1: error: [tls] needs `key` for the FTPS listener at "
                                "main.toml:3:1"));
    }
    EXPECT_THAT(problems_of("[ssh]\nhost_keys = []\n"), IsEmpty());
}

TEST_F(ListenerTest, NeedIsReportedOnceForTheFirstListenerThatHasIt) {
    const std::string sftp = "[[listener]]\nprotocol = \"sftp\"\naddress = \"127.0.0.1:0\"\n";
    EXPECT_THAT(problems_of(sftp + sftp),
                ElementsAre("main.toml: error: [ssh] needs `host_keys` for the SFTP listener at "
                            "main.toml:11:1"));
}

TEST_F(ListenerTest, UnknownProtocolNeedsNothing) {
    EXPECT_THAT(problems_of_whole("[storage]\nroot = \"files\"\n[[listener]]\nprotocol = "
                                  "\"ftp\"\naddress = \"127.0.0.1:21\"\npublic_address = "
                                  "\"192.0.2.1\"\n"),
                ElementsAre("main.toml:4:12: error: \"ftp\" is not known here; allowed: \"ftps\", "
                            "\"ftps-implicit\" or \"sftp\" (did you mean \"ftps\"?)"));
}

TEST_F(ListenerTest, SftpHasNoDataConnections) {
    write("host", "", 0600);
    const std::string why =
        " is for FTPS listeners; this one speaks SFTP, which has no data connections";
    EXPECT_THAT(problems_of_whole(sftp_only("passive_ports = \"50000-50999\"\npublic_address = "
                                            "\"203.0.113.7\"\ndata_session = \"any\"\n[ssh]\n"
                                            "host_keys = [\"host\"]\n")),
                ElementsAre("main.toml:8:17: error: `passive_ports`" + why,
                            "main.toml:9:18: error: `public_address`" + why,
                            "main.toml:10:16: error: `data_session`" + why));
}

TEST_F(ListenerTest, HostKeyIsAFileForItsOwnerOnly) {
    write("good", "", 0400);
    write("group", "", 0640);
    write("others", "", 0604);
    std::filesystem::create_directory(folder_ / "folder");
    const auto problems = problems_of_whole(sftp_only(
        "[ssh]\nhost_keys = [\n\"good\",\n\"group\",\n\"others\",\n\"none\",\n\"folder\"]\n"));
    EXPECT_THAT(problems, ElementsAre("main.toml:11:1: error: \"group\" is accessible to group or "
                                      "others; chmod it to 0600",
                                      "main.toml:12:1: error: \"others\" is accessible to group or "
                                      "others; chmod it to 0600",
                                      "main.toml:13:1: error: cannot use \"none\": No such file or "
                                      "directory",
                                      "main.toml:14:1: error: cannot use \"folder\": not a regular "
                                      "file"));
}

TEST_F(ListenerTest, FilesOfADoorThatIsClosedAreCheckedToo) {
    EXPECT_THAT(problems_of("[ssh]\nhost_keys = [\"none\"]\n"),
                ElementsAre("main.toml:12:14: error: cannot use \"none\": No such file or "
                            "directory"));
}

TEST_F(ListenerTest, HostKeysBeginAtTheFolderOfTheirFile) {
    write("conf/keys/host", "", 0600);
    write("conf/ssh.toml",
          "[ssh]\nhost_keys = [\"keys/host\", \"" + (folder_ / "key.pem").native() + "\"]\n");
    const auto loaded = load_text(sftp_only("[server]\ninclude = [\"conf/ssh.toml\"]\n"));
    EXPECT_THAT(printed(loaded.problems), IsEmpty());
    ASSERT_TRUE(loaded.config);
    EXPECT_THAT(loaded.config->ssh.host_keys,
                ElementsAre(folder_ / "conf/keys/host", folder_ / "key.pem"));
    EXPECT_EQ(loaded.config->listeners.at(0).protocol, Protocol::sftp);
    EXPECT_EQ(loaded.config->tls, Tls());
}

TEST_F(ListenerTest, BalancersAreRangesOfAddresses) {
    const auto config =
        load_text(after_minimal("proxy_protocol = [\"10.0.0.0/8\", \"::1\"]")).config;
    ASSERT_TRUE(config);
    const auto& proxies = config->listeners.front().proxy_protocol;
    ASSERT_EQ(proxies.size(), 2U);
    EXPECT_TRUE(proxies[0].contains("10.1.2.3"));
    EXPECT_FALSE(proxies[0].contains("11.1.2.3"));
    EXPECT_TRUE(proxies[1].contains("::1"));
}

TEST_F(ListenerTest, AListOfNoBalancersIsAMistake) {
    EXPECT_THAT(problems_of("proxy_protocol = []"),
                ElementsAre("main.toml:11:18: error: an empty list would shut everybody out; name "
                            "the load balancers or leave the key out"));
}

TEST_F(ListenerTest, ABalancerThatIsNoAddressIsAMistake) {
    EXPECT_THAT(problems_of("proxy_protocol = [\"balancer\"]"),
                ElementsAre(testing::StartsWith(
                    "main.toml:11:19: error: \"balancer\" is no range of addresses: ")));
}

}  // namespace
}  // namespace sallyport::config
