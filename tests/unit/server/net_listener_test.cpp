#include <gmock/gmock.h>
#include <unistd.h>

#include "server/net/listener.hpp"
#include "server/net/port_owner.hpp"
#include "server/net/reserve.hpp"
#include "server/net/sparing.hpp"
#include "tests/support/loopback.hpp"

namespace sallyport::net {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Listeners : public testing::Test {
  protected:
    [[nodiscard]] auto open(std::uint16_t port) {
        return Listener::open(loop_.get_executor(), {"127.0.0.1", port});
    }

    boost::asio::io_context loop_;
};

TEST_F(Listeners, WhoHasAPortThatIsInUseIsSaid) {
    const auto first = open(0);
    const auto port = std::get<0>(first)->bound().port;
    const auto second = open(port);
    const auto* problem = std::get_if<std::string>(&second);
    ASSERT_TRUE(problem);
    EXPECT_THAT(*problem,
                HasSubstr("Address already in use by process " + std::to_string(getpid())));
}

TEST_F(Listeners, NobodyIsSaidToHaveAFreePort) {
    std::uint16_t port = 0;
    {
        const auto opened = open(0);
        port = std::get<0>(opened)->bound().port;
        EXPECT_NE(port_owner(port), "");
    }
    EXPECT_EQ(port_owner(port), "");
}

TEST_F(Listeners, ASocketThatListensIsTakenOver) {
    Tcp::acceptor other(loop_, {test::address("127.0.0.1"), 0});
    const auto adopted = Listener::adopt(loop_.get_executor(), ::dup(other.native_handle()));
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Listener>>(adopted));
    EXPECT_EQ(std::get<0>(adopted)->bound().port, other.local_endpoint().port());
}

TEST_F(Listeners, ADescriptorThatIsNoneIsRefused) {
    EXPECT_TRUE(std::holds_alternative<std::string>(Listener::adopt(loop_.get_executor(), -1)));
}

TEST_F(Listeners, TheReserveTurnsWaitingConnectionsAway) {
    Tcp::acceptor acceptor(loop_, {test::address("127.0.0.1"), 0});
    acceptor.non_blocking(true);
    std::vector<Tcp::socket> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(test::connect(loop_, acceptor.local_endpoint().port()));
    }
    Reserve reserve;
    EXPECT_EQ(reserve.turn_away(acceptor.native_handle(), 2), 2U);
    EXPECT_EQ(reserve.turn_away(acceptor.native_handle(), 2), 1U);
    EXPECT_EQ(reserve.turn_away(acceptor.native_handle(), 2), 0U);
    for (auto& client : clients) EXPECT_EQ(test::read_to_end(client), "");
}

TEST(SparingTest, WhatIsSaidTooOftenIsCounted) {
    Sparing sparing(60s);
    const Sparing::Time start{};
    EXPECT_EQ(sparing.due(start), 0);
    EXPECT_EQ(sparing.due(start + 1s), std::nullopt);
    EXPECT_EQ(sparing.due(start + 59s), std::nullopt);
    EXPECT_EQ(sparing.due(start + 60s), 2);
    EXPECT_EQ(sparing.due(start + 120s), 0);
}

}  // namespace
}  // namespace sallyport::net
