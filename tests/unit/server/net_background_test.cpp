#include <gtest/gtest.h>

#include <boost/asio/this_coro.hpp>
#include <stdexcept>

#include "server/net/background.hpp"
#include "tests/support/run.hpp"

namespace sallyport::net {
namespace {

Async<int> after(Event& event, int value) {
    co_await event.wait_until(SteadyTime::max());
    if (value < 0) throw std::runtime_error("negative");
    co_return value;
}

Async<int> start_and_wait(int value, int& done_calls) {
    auto executor = co_await boost::asio::this_coro::executor;
    Event event(executor);
    Background<int> work(executor);
    EXPECT_FALSE(work.running());
    work.start(after(event, value), [&done_calls] { ++done_calls; });
    EXPECT_TRUE(work.running());
    event.notify();
    const int result = co_await work.wait();
    EXPECT_FALSE(work.running());
    co_return result;
}

TEST(Background, YieldsWhatTheWorkYields) {
    int done_calls = 0;
    EXPECT_EQ(test::run(start_and_wait(7, done_calls)), 7);
    EXPECT_EQ(done_calls, 1);
}

TEST(Background, ThrowsWhatTheWorkThrows) {
    int done_calls = 0;
    EXPECT_THROW(test::run(start_and_wait(-1, done_calls)), std::runtime_error);
    EXPECT_EQ(done_calls, 1);
}

Async<int> twice() {
    auto executor = co_await boost::asio::this_coro::executor;
    Event event(executor);
    Background<int> work(executor);
    work.start(after(event, 1));
    event.notify();
    const int first = co_await work.wait();
    work.start(after(event, 2));
    event.notify();
    const int second = co_await work.wait();
    co_return first * 10 + second;
}

TEST(Background, CanBeStartedAgain) {
    EXPECT_EQ(test::run(twice()), 12);
}

}  // namespace
}  // namespace sallyport::net
