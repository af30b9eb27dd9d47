#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/write.hpp>
#include <functional>

#include "server/net/passive_port.hpp"
#include "tests/support/loopback.hpp"

namespace sallyport::net {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using test::address;
using test::connect;

class PassivePorts : public testing::Test {
  protected:
    using Accepts = PassivePort::Accepts;

    std::shared_ptr<PassivePort> open(config::PortRange range = {20000, 29999},
                                      const char* local = "127.0.0.1",
                                      const char* peer = "127.0.0.1",
                                      Accepts accepts = Accepts::one) {
        return PassivePort::open(
            loop_.get_executor(), address(local), range, {address(peer), proxies_},
            [this](const auto& stranger) { strangers_.push_back(stranger.to_string()); }, accepts);
    }
    std::shared_ptr<PassivePort> open_for_several() {
        return open({20000, 29999}, "127.0.0.1", "127.0.0.1", Accepts::several);
    }

    /// Lets everything that is under way happen.
    void settle() {
        loop_.restart();
        loop_.poll();
    }

    /// `meanwhile` is called when the port waits for somebody.
    std::optional<Tcp::socket> take(
        PassivePort& port, SteadyTime deadline = SteadyTime::max(),
        const std::function<void()>& meanwhile = [] {}) {
        std::optional<Tcp::socket> taken;
        bool ended = false;
        boost::asio::co_spawn(loop_, port.take(deadline),
                              [&](const std::exception_ptr&, std::optional<Tcp::socket> socket) {
                                  taken = std::move(socket);
                                  ended = true;
                              });
        settle();
        meanwhile();
        loop_.restart();
        while (!ended && loop_.run_one() > 0) continue;
        EXPECT_TRUE(ended);
        return taken;
    }

    bool refuses(std::uint16_t port) {
        boost::system::error_code error;
        connect(loop_, port, error);
        return error == boost::asio::error::connection_refused;
    }

    boost::asio::io_context loop_{1};
    std::vector<auth::AddressPrefix> proxies_;
    std::vector<std::string> strangers_;
};

TEST_F(PassivePorts, PeerIsAccepted) {
    const auto port = open();
    ASSERT_TRUE(port);
    EXPECT_GE(port->port(), 20000);
    EXPECT_LE(port->port(), 29999);
    auto client = connect(loop_, port->port());
    auto taken = take(*port);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->remote_endpoint(), client.local_endpoint());
    boost::asio::write(*taken, boost::asio::buffer("hello", 5));
    taken->close();
    EXPECT_EQ(test::read_to_end(client), "hello");
    EXPECT_TRUE(strangers_.empty());
}

TEST_F(PassivePorts, PeerThatComesWhileWaitingIsAccepted) {
    const auto port = open();
    std::optional<Tcp::socket> client;
    EXPECT_TRUE(take(*port, SteadyTime::max(), [&] { client = connect(loop_, port->port()); }));
}

TEST_F(PassivePorts, StrangerIsTurnedAwayAndThePeerStillAccepted) {
    const auto port = open();
    auto stranger = connect(loop_, port->port(), "127.0.0.2");
    auto other = connect(loop_, port->port(), "127.0.0.3");
    auto client = connect(loop_, port->port());
    const auto taken = take(*port);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->remote_endpoint(), client.local_endpoint());
    EXPECT_EQ(strangers_, (std::vector<std::string>{"127.0.0.2", "127.0.0.3"}));
    EXPECT_EQ(test::read_to_end(stranger), "");
    EXPECT_EQ(test::read_to_end(other), "");
}

TEST_F(PassivePorts, SecondConnectionIsRefused) {
    const auto port = open();
    auto client = connect(loop_, port->port());
    settle();
    EXPECT_TRUE(refuses(port->port()));
    const auto taken = take(*port);
    ASSERT_TRUE(taken);
    EXPECT_TRUE(refuses(port->port()));
    EXPECT_EQ(taken->remote_endpoint(), client.local_endpoint());
}

TEST_F(PassivePorts, SecondConnectionThatWasQueuedIsDropped) {
    const auto port = open();
    auto client = connect(loop_, port->port());
    auto second = connect(loop_, port->port());
    const auto taken = take(*port);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->remote_endpoint(), client.local_endpoint());
    EXPECT_EQ(test::read_to_end(second), "");
}

TEST_F(PassivePorts, SeveralAreAcceptedInOrderWhenAsked) {
    const auto port = open_for_several();
    auto stranger = connect(loop_, port->port(), "127.0.0.2");
    auto first = connect(loop_, port->port());
    auto second = connect(loop_, port->port());
    const auto taken = take(*port);
    const auto next = take(*port);
    ASSERT_TRUE(taken && next);
    EXPECT_EQ(taken->remote_endpoint(), first.local_endpoint());
    EXPECT_EQ(next->remote_endpoint(), second.local_endpoint());
    EXPECT_EQ(strangers_, std::vector<std::string>{"127.0.0.2"});
    port->close();
    settle();
    EXPECT_TRUE(refuses(port->port()));
}

TEST_F(PassivePorts, FewOfSeveralMayWait) {
    const auto port = open_for_several();
    std::vector<Tcp::socket> clients;
    for (int i = 0; i < 10; ++i) {
        clients.push_back(connect(loop_, port->port()));
        settle();
    }
    std::size_t waiting = 0;
    while (take(*port, Clock::now() + 5ms)) ++waiting;
    EXPECT_GE(waiting, 1U);
    EXPECT_LT(waiting, clients.size());
    EXPECT_EQ(test::read_to_end(clients.back()), "");
}

TEST_F(PassivePorts, MappedPeerIsRecognised) {
    std::shared_ptr<PassivePort> port = open({20000, 29999}, "::");
    if (!port) GTEST_SKIP() << "no IPv6 on this machine";
    auto client = connect(loop_, port->port());
    EXPECT_TRUE(take(*port));
    const auto mapped = open({20000, 29999}, "127.0.0.1", "::ffff:127.0.0.1");
    auto again = connect(loop_, mapped->port());
    EXPECT_TRUE(take(*mapped));
}

TEST_F(PassivePorts, ExhaustedRangeOpensNothing) {
    const auto port = open();
    EXPECT_FALSE(open({port->port(), port->port()}));
    port->close();
    EXPECT_TRUE(open({port->port(), port->port()}));
}

TEST_F(PassivePorts, EveryPortOfARangeIsUsed) {
    const auto somewhere = open();
    const auto first = somewhere->port();
    if (first > 29990) GTEST_SKIP() << "too close to the end of the range";
    std::vector<std::shared_ptr<PassivePort>> ports;
    const config::PortRange range{first, static_cast<std::uint16_t>(first + 3)};
    while (auto port = open(range)) ports.push_back(std::move(port));
    EXPECT_GE(ports.size(), 1U);
    for (auto number = range.first; number <= range.last; ++number) EXPECT_FALSE(refuses(number));
}

TEST_F(PassivePorts, DeadlineEndsTheWaitAndThePort) {
    const auto port = open();
    EXPECT_FALSE(take(*port, Clock::now() + 5ms));
    EXPECT_TRUE(refuses(port->port()));
}

TEST_F(PassivePorts, CloseWakesTake) {
    const auto port = open();
    EXPECT_FALSE(take(*port, SteadyTime::max(), [&] { port->close(); }));
    EXPECT_TRUE(refuses(port->port()));
}

TEST_F(PassivePorts, NothingIsTakenFromAClosedPort) {
    const auto port = open();
    auto client = connect(loop_, port->port());
    port->close();
    EXPECT_FALSE(take(*port));
    EXPECT_EQ(test::read_to_end(client), "");
}

TEST_F(PassivePorts, CloseDropsAConnectionThatNobodyTook) {
    const auto port = open();
    auto client = connect(loop_, port->port());
    settle();
    port->close();
    EXPECT_EQ(test::read_to_end(client), "");
    EXPECT_FALSE(take(*port));
}

TEST_F(PassivePorts, NothingRemainsRunningAfterClose) {
    auto port = open();
    const std::weak_ptr<PassivePort> watch = port;
    port->close();
    port.reset();
    loop_.restart();
    loop_.run();
    EXPECT_TRUE(watch.expired());
}

TEST_F(PassivePorts, ABalancerMayConnectForThePeer) {
    proxies_ = {auth::AddressPrefix::parse("127.0.0.8/30").value()};
    const auto port = open_for_several();
    const auto balancer = connect(loop_, port->port(), "127.0.0.9");
    const auto relayed = take(*port);
    ASSERT_TRUE(relayed);
    EXPECT_TRUE(port->is_relayed(*relayed));
    const auto direct = connect(loop_, port->port());
    const auto own = take(*port);
    ASSERT_TRUE(own);
    EXPECT_FALSE(port->is_relayed(*own));
    const auto stranger = connect(loop_, port->port(), "127.0.0.2");
    settle();
    EXPECT_EQ(strangers_, std::vector<std::string>{"127.0.0.2"});
}

}  // namespace
}  // namespace sallyport::net
