#include "storage/quota/gate.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace sallyport::storage {

namespace asio = boost::asio;

/// Made before the wait begins, so that opening the gate takes no memory of ours.
struct Gate::Waiter {
    explicit Waiter(const asio::any_io_executor& executor)
        : opened(executor, asio::steady_timer::time_point::max()) {}

    asio::steady_timer opened;  ///< cancelled when the gate opens
    bool inside = false;        ///< used on the executor only
};

Async<void> Gate::enter() {
    if (try_enter()) co_return;
    const auto waiter = std::make_shared<Waiter>(co_await asio::this_coro::executor);
    if (!keep_waiting(waiter)) co_return;
    while (!waiter->inside) co_await waiter->opened.async_wait(asio::as_tuple(asio::use_awaitable));
}

bool Gate::try_enter() {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    ++inside_;
    return true;
}

bool Gate::keep_waiting(const std::shared_ptr<Waiter>& waiter) {
    const std::lock_guard lock(mutex_);
    if (closed_) {
        waiting_.push_back(waiter);
    } else {
        ++inside_;
    }
    return closed_;
}

void Gate::leave() {
    std::function<void()> empty;
    {
        const std::lock_guard lock(mutex_);
        if (--inside_ == 0) empty = std::exchange(empty_, nullptr);
    }
    if (empty) empty();
}

void Gate::close(std::function<void()> empty) {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        if (inside_ != 0) {
            empty_ = std::move(empty);
            return;
        }
    }
    empty();
}

void Gate::open() {
    std::vector<std::shared_ptr<Waiter>> released;
    {
        const std::lock_guard lock(mutex_);
        closed_ = false;
        released.swap(waiting_);
        inside_ += released.size();
    }
    for (const auto& waiter : released) {
        asio::post(waiter->opened.get_executor(), [waiter] {
            waiter->inside = true;
            waiter->opened.cancel();
        });
    }
}

}  // namespace sallyport::storage
