#include "server/service/watchdog.hpp"

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sallyport::service {
namespace {

/// How often within the time that the service manager allows.
constexpr int rounds = 3;

}  // namespace

Async<void> feed_watchdog(const Notifier& notifier,
                          const std::vector<std::unique_ptr<server::Worker>>& workers) {
    if (!notifier.watchdog()) co_return;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    const auto unanswered = std::make_shared<std::atomic<std::size_t>>(0);
    for (;;) {
        if (*unanswered == 0) {
            notifier.send("WATCHDOG=1");
            *unanswered = workers.size();
            for (const auto& worker : workers) {
                boost::asio::post(worker->context(), [unanswered] { --*unanswered; });
            }
        }
        timer.expires_after(*notifier.watchdog() / rounds);
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
}

}  // namespace sallyport::service
