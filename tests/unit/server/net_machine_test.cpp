#include <gmock/gmock.h>

#include "server/net/machine.hpp"

namespace sallyport::net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Findings : public testing::Test {
  protected:
    Findings() {
        auto& listener = config_.listeners.emplace_back();
        listener.endpoint = {"0.0.0.0", 21};
        listener.public_address = "203.0.113.7";
    }
    [[nodiscard]] config::Listener& listener() { return config_.listeners.front(); }
    [[nodiscard]] std::vector<std::string> all() const { return findings(config_, machine_); }

    config::Config config_;
    Machine machine_{{32768, 60999}, {"127.0.0.1", "10.1.2.3"}, 524288};
};

TEST_F(Findings, TheDefaultsAreFine) {
    EXPECT_THAT(all(), IsEmpty());
}

TEST_F(Findings, FewPortsAmongThoseForOutgoingConnections) {
    listener().passive_ports = {60900, 61100};
    EXPECT_THAT(all(), ElementsAre(HasSubstr("ip_local_reserved_ports=60900-61100")));
    listener().passive_ports = {61000, 61100};
    EXPECT_THAT(all(), IsEmpty());
}

TEST_F(Findings, APrivateAddressThatThisMachineDoesNotHave) {
    for (const char* address : {"10.9.9.9", "172.31.0.1", "192.168.1.1", "100.64.0.1"}) {
        listener().public_address = address;
        EXPECT_THAT(all(), ElementsAre(HasSubstr(address))) << address;
    }
    listener().public_address = "10.1.2.3";
    EXPECT_THAT(all(), IsEmpty());
}

TEST_F(Findings, FewerDescriptorsThanConnectionsMayNeed) {
    machine_.descriptors = 1024;
    EXPECT_THAT(all(), ElementsAre(HasSubstr("5064 descriptors")));
    config_.limits.connections = 100;
    EXPECT_THAT(all(), IsEmpty());
}

TEST_F(Findings, ListenersForThisMachineOnlyOrForSftpNeedNoAdvice) {
    listener().passive_ports = {50000, 50009};
    listener().public_address = "10.9.9.9";
    listener().endpoint.address = "127.0.0.1";
    EXPECT_THAT(all(), IsEmpty());
    listener().endpoint.address = "0.0.0.0";
    EXPECT_EQ(all().size(), 2U);
    listener().protocol = config::Protocol::sftp;
    EXPECT_THAT(all(), IsEmpty());
}

TEST(ThisMachine, IsKnown) {
    config::Config config;
    for (const char* address : {"127.0.0.1", "192.0.2.1", ""}) {
        config.listeners.emplace_back().public_address = address;
    }
    const auto machine = this_machine(config);
    EXPECT_THAT(machine.addresses, ElementsAre("127.0.0.1"));
    EXPECT_LE(machine.outgoing_ports.first, machine.outgoing_ports.last);
    EXPECT_GT(machine.descriptors, 0U);
}

}  // namespace
}  // namespace sallyport::net
