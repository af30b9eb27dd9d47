#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <future>

#include "server/service/environment.hpp"
#include "server/service/notifier.hpp"
#include "server/service/watchdog.hpp"

namespace sallyport::service {
namespace {

using namespace std::chrono_literals;

/// A variable of the environment, as long as it lives.
class Variable {
  public:
    Variable(const char* name, const std::string& value) : name_(name) {
        ::setenv(name, value.c_str(), 1);
    }
    ~Variable() { ::unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

  private:
    const char* name_;
};

/// The service manager's end of NOTIFY_SOCKET.
class Manager {
  public:
    Manager() : name_("@sallyport-unit-test-" + std::to_string(::getpid())) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        name_.copy(address.sun_path, name_.size());
        address.sun_path[0] = '\0';
        const auto size = offsetof(sockaddr_un, sun_path) + name_.size();
        EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address),
                         static_cast<socklen_t>(size)),
                  0);
    }
    ~Manager() { ::close(socket_); }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    [[nodiscard]] const std::string& name() const { return name_; }
    /// What has been sent; empty when nothing waits.
    [[nodiscard]] std::string receive() const {
        std::string state(4096, '\0');
        const auto size = ::recv(socket_, state.data(), state.size(), MSG_DONTWAIT);
        state.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        return state;
    }
    [[nodiscard]] int count() const {
        int messages = 0;
        while (!receive().empty()) ++messages;
        return messages;
    }

  private:
    std::string name_;
    int socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

TEST(Environment, NumbersAreDecimalAndWhole) {
    const char* name = "SALLYPORT_UNIT_TEST";
    EXPECT_EQ(number_in_environment(name), std::nullopt);
    for (const char* text : {"", "x", "1x", "-1", " 1", "99999999999999999999"}) {
        const Variable variable(name, text);
        EXPECT_EQ(number_in_environment(name), std::nullopt) << text;
    }
    const Variable variable(name, "42");
    EXPECT_EQ(number_in_environment(name), 42U);
}

TEST(Environment, WhatIsMeantForAnotherProcessIsNotForUs) {
    const char* name = "SALLYPORT_UNIT_TEST";
    EXPECT_TRUE(is_for_us(name));
    const Variable ours(name, std::to_string(::getpid()));
    EXPECT_TRUE(is_for_us(name));
    const Variable other(name, "1");
    EXPECT_FALSE(is_for_us(name));
}

TEST(NotifierTest, WithoutAManagerNothingIsSentAndNothingFails) {
    for (const char* name : {"", "relative", "@", "/nowhere/at/all"}) {
        const Variable variable("NOTIFY_SOCKET", name);
        Notifier::from_environment().send("READY=1");
    }
    const Variable variable("NOTIFY_SOCKET", std::string(1000, '/'));
    Notifier::from_environment().send("READY=1");
}

TEST(NotifierTest, StatesArriveAsTheyAre) {
    const Manager manager;
    const Variable variable("NOTIFY_SOCKET", manager.name());
    const auto notifier = Notifier::from_environment();
    EXPECT_EQ(notifier.watchdog(), std::nullopt);
    notifier.send("READY=1\nSTATUS=Serving");
    EXPECT_EQ(manager.receive(), "READY=1\nSTATUS=Serving");
}

TEST(Watchdog, IsNotFedWhileAWorkerHangs) {
    const Manager manager;
    const Variable variable("NOTIFY_SOCKET", manager.name());
    const Variable interval("WATCHDOG_USEC", "30000");
    const auto notifier = Notifier::from_environment();
    std::vector<std::unique_ptr<server::Worker>> workers;
    for (int i = 0; i < 2; ++i) workers.push_back(std::make_unique<server::Worker>());
    std::promise<void> release;
    boost::asio::post(workers.back()->context(), [hung = release.get_future()] { hung.wait(); });

    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, feed_watchdog(notifier, workers), boost::asio::detached);
    loop.run_for(300ms);
    EXPECT_EQ(manager.count(), 1) << "it was fed again although nobody answers";
    release.set_value();
    std::string state;
    while (state.empty() && loop.run_one_for(30s) > 0) state = manager.receive();
    EXPECT_EQ(state, "WATCHDOG=1");
}

TEST(Watchdog, IsLeftAloneWhenNobodyAskedForIt) {
    const auto notifier = Notifier::from_environment();
    const std::vector<std::unique_ptr<server::Worker>> workers;
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, feed_watchdog(notifier, workers), boost::asio::detached);
    loop.run();
    EXPECT_TRUE(loop.stopped());
}

}  // namespace
}  // namespace sallyport::service
