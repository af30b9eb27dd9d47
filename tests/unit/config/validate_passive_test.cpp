#include "config/validate_passive.hpp"

#include <gmock/gmock.h>

#include "tests/unit/config/config_files.hpp"

namespace sallyport::config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PassiveTest : public ConfigFiles {
  protected:
    /// Warnings about listeners on 0.0.0.0:21 with these keys.
    [[nodiscard]] std::vector<std::string> warnings_of(const std::string& keys,
                                                       const std::string& more = {}) const {
        const auto loaded = load_text(
            "[tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n[storage]\nroot = \"files\"\n"
            "[user.a]\npassword = \"" +
            std::string(standard_hash) +
            "\"\npolicy = \"p\"\n[policy.p]\npreset = \"full\"\n"
            "[[listener]]\nprotocol = \"ftps\"\naddress = \"0.0.0.0:21\"\n" +
            keys + more);
        EXPECT_TRUE(loaded.config);
        std::vector<std::string> texts;
        for (const auto& warning : loaded.warnings) texts.push_back(warning.str("warning"));
        return texts;
    }
};

const std::string implicit_listener =
    "[[listener]]\nprotocol = \"ftps-implicit\"\naddress = \"0.0.0.0:990\"\n";

TEST_F(PassiveTest, TheDefaultsAreFine) {
    EXPECT_THAT(warnings_of(""), IsEmpty());
    EXPECT_THAT(warnings_of("public_address = \"203.0.113.7\"\n"), IsEmpty());
}

TEST_F(PassiveTest, PortsOfListenersAreNotForDataConnections) {
    EXPECT_THAT(warnings_of("passive_ports = \"900-2000\"\n",
                            implicit_listener + "passive_ports = \"3000-4000\"\n"),
                ElementsAre(AllOf(HasSubstr(":14:17: warning: "), HasSubstr("include port 990"))));
}

TEST_F(PassiveTest, RangesThatOverlapAreShared) {
    EXPECT_THAT(warnings_of("", implicit_listener),
                ElementsAre(HasSubstr("overlap those of the listener")));
    EXPECT_THAT(warnings_of("", implicit_listener + "passive_ports = \"40000-40999\"\n"),
                IsEmpty());
}

TEST_F(PassiveTest, OtherAddressesHaveOtherPorts) {
    EXPECT_THAT(warnings_of("", "[[listener]]\nprotocol = \"ftps\"\naddress = \"[::]:21\"\n"),
                IsEmpty());
}

TEST_F(PassiveTest, FewerPortsThanConnectionsAreTooFew) {
    EXPECT_THAT(warnings_of("passive_ports = \"50000-50009\"\n"),
                ElementsAre(HasSubstr("no more than 10 of up to 1000 sessions")));
    EXPECT_THAT(warnings_of("passive_ports = \"50000-50009\"\n", "[limits]\nconnections = 10\n"),
                IsEmpty());
}

TEST_F(PassiveTest, AnAddressThatNobodyReachesIsNoneToAnnounce) {
    EXPECT_THAT(warnings_of("public_address = \"127.0.0.1\"\n"),
                ElementsAre(HasSubstr("no client elsewhere")));
    EXPECT_THAT(warnings_of("public_address = \"0.0.0.0\"\n"),
                ElementsAre(HasSubstr("no client elsewhere")));
}

TEST_F(PassiveTest, AListenerForThisMachineOnlyAnnouncesNoOtherAddress) {
    const auto loaded = load_text(after_minimal("public_address = \"203.0.113.7\"\n"));
    std::vector<std::string> texts;
    for (const auto& warning : loaded.warnings) texts.push_back(warning.text);
    EXPECT_THAT(texts, testing::Contains(HasSubstr("open to this machine only (127.0.0.1)")));
}

}  // namespace
}  // namespace sallyport::config
