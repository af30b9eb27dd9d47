#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <optional>

#include "server/net/wait.hpp"
#include "tests/support/loopback.hpp"

namespace sallyport::net {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Wait = Tcp::socket::wait_type;

SteadyTime soon() {
    return Clock::now() + 5ms;
}

/// Runs `work` on `loop` and returns what it yields. `meanwhile` is called when nothing goes on
/// any more without it.
template <class T>
T run_on(
    boost::asio::io_context& loop, Async<T> work, const std::function<void()>& meanwhile = [] {}) {
    std::optional<T> result;
    boost::asio::co_spawn(loop, std::move(work), [&](const std::exception_ptr& error, T value) {
        if (!error) result = value;
    });
    loop.restart();
    loop.poll();
    meanwhile();
    loop.restart();
    loop.run();
    return result.value();
}

class WaitReady : public testing::Test {
  protected:
    Ready wait(
        Wait what, SteadyTime deadline, const std::function<void()>& meanwhile = [] {}) {
        return run_on(loop_, wait_ready(ends_.server, what, deadline), meanwhile);
    }
    void send() { boost::asio::write(ends_.client, boost::asio::buffer("x", 1)); }

    boost::asio::io_context loop_{1};
    test::Loopback ends_{loop_};
};

TEST_F(WaitReady, ReadableWhenBytesArrived) {
    send();
    EXPECT_EQ(wait(Wait::wait_read, SteadyTime::max()), Ready::ready);
}

TEST_F(WaitReady, ReadableWhenBytesArriveLater) {
    EXPECT_EQ(wait(Wait::wait_read, SteadyTime::max(), [this] { send(); }), Ready::ready);
}

TEST_F(WaitReady, ReadableWhenThePeerIsGone) {
    ends_.client.close();
    EXPECT_EQ(wait(Wait::wait_read, SteadyTime::max()), Ready::ready);
}

TEST_F(WaitReady, WritableAtOnce) {
    EXPECT_EQ(wait(Wait::wait_write, SteadyTime::max()), Ready::ready);
}

TEST_F(WaitReady, EndsAtTheDeadline) {
    EXPECT_EQ(wait(Wait::wait_read, soon()), Ready::timed_out);
}

TEST_F(WaitReady, SocketIsUsableAfterATimeout) {
    EXPECT_EQ(wait(Wait::wait_read, soon()), Ready::timed_out);
    send();
    EXPECT_EQ(wait(Wait::wait_read, SteadyTime::max()), Ready::ready);
    char byte = 0;
    EXPECT_EQ(ends_.server.read_some(boost::asio::buffer(&byte, 1)), 1U);
    EXPECT_EQ(byte, 'x');
}

TEST_F(WaitReady, EndsWhenTheSocketIsCancelled) {
    EXPECT_EQ(wait(Wait::wait_read, SteadyTime::max(), [this] { ends_.server.cancel(); }),
              Ready::cancelled);
}

TEST_F(WaitReady, EndsWhenTheSocketIsClosed) {
    EXPECT_EQ(wait(Wait::wait_read, SteadyTime::max(), [this] { ends_.server.close(); }),
              Ready::cancelled);
}

Async<bool> discard(Tcp::socket& socket, SteadyTime deadline) {
    co_await discard_until_closed(socket, deadline);
    co_return true;
}

TEST_F(WaitReady, DiscardingEndsWhenThePeerCloses) {
    boost::asio::write(ends_.client, boost::asio::buffer(std::string(100'000, 'x')));
    EXPECT_TRUE(
        run_on(loop_, discard(ends_.server, SteadyTime::max()), [this] { ends_.client.close(); }));
}

TEST_F(WaitReady, DiscardingEndsAtTheDeadline) {
    send();
    EXPECT_TRUE(run_on(loop_, discard(ends_.server, soon())));
    EXPECT_EQ(ends_.server.available(), 0U);
}

TEST(Event, SignalBeforeTheWaitIsRemembered) {
    boost::asio::io_context loop(1);
    Event event(loop.get_executor());
    event.notify();
    EXPECT_TRUE(run_on(loop, event.wait_until(SteadyTime::max())));
}

TEST(Event, SignalIsRememberedOnce) {
    boost::asio::io_context loop(1);
    Event event(loop.get_executor());
    event.notify();
    event.notify();
    EXPECT_TRUE(run_on(loop, event.wait_until(SteadyTime::max())));
    EXPECT_FALSE(run_on(loop, event.wait_until(soon())));
}

TEST(Event, SignalWakesTheWaiter) {
    boost::asio::io_context loop(1);
    Event event(loop.get_executor());
    EXPECT_TRUE(run_on(loop, event.wait_until(SteadyTime::max()), [&] { event.notify(); }));
    EXPECT_FALSE(run_on(loop, event.wait_until(soon())));
}

TEST(Event, DeadlineEndsTheWait) {
    boost::asio::io_context loop(1);
    Event event(loop.get_executor());
    EXPECT_FALSE(run_on(loop, event.wait_until(soon())));
    EXPECT_FALSE(run_on(loop, event.wait_until(Clock::now() - 1s)));
    event.notify();
    EXPECT_TRUE(run_on(loop, event.wait_until(Clock::now() - 1s)));
}

}  // namespace
}  // namespace sallyport::net
