#include "storage/quota/gate.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

namespace sallyport::storage {

namespace asio = boost::asio;

Async<void> Gate::enter() {
    if (try_enter()) co_return;
    co_await asio::async_initiate<decltype(asio::use_awaitable), void()>(
        [this](auto handler) { this->wait(std::move(handler)); }, asio::use_awaitable);
}

bool Gate::try_enter() {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    ++inside_;
    return true;
}

template <class Handler>
void Gate::wait(Handler handler) {
    const auto executor = asio::get_associated_executor(handler);
    const auto kept = std::make_shared<Handler>(std::move(handler));
    const std::function<void()> resume = [kept, guard = asio::make_work_guard(executor)] {
        asio::post(guard.get_executor(), [kept] { std::move (*kept)(); });
    };
    if (!keep_waiting(resume)) resume();
}

bool Gate::keep_waiting(const std::function<void()>& resume) {
    const std::lock_guard lock(mutex_);
    if (closed_) {
        waiting_.push_back(resume);
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
    std::vector<std::function<void()>> released;
    {
        const std::lock_guard lock(mutex_);
        closed_ = false;
        released.swap(waiting_);
        inside_ += released.size();
    }
    for (const auto& resume : released) resume();
}

}  // namespace sallyport::storage
