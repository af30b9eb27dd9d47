#pragma once

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "server/net/wait.hpp"
#include "storage/async.hpp"

namespace sallyport::net {

/// One piece of work that runs beside its owner, on the owner's thread. Must not be destroyed while
/// it runs, nor may what the work uses: the owner awaits `wait` first, or runs its own part under
/// `join_after`.
template <class T>
class Background {
  public:
    explicit Background(boost::asio::any_io_executor executor)
        : executor_(executor), done_(executor) {}

    /// Starts `work`; nothing may be running. `on_done` is called when it has ended.
    void start(Async<T> work, std::function<void()> on_done = {}) {
        running_ = true;
        try {
            boost::asio::co_spawn(
                executor_, std::move(work),
                [this, on_done = std::move(on_done)](std::exception_ptr error, T value) {
                    running_ = false;
                    error_ = std::move(error);
                    value_ = std::move(value);
                    done_.notify();
                    if (on_done) on_done();
                });
        } catch (...) {
            running_ = false;
            throw;
        }
    }

    [[nodiscard]] bool running() const { return running_; }

    /// What the work yielded; throws what it threw.
    Async<T> wait() {
        while (running_) co_await done_.wait_until(SteadyTime::max());
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
        co_return std::move(value_);
    }

    /// What `body` yields or throws, once the work that it left running has ended too.
    template <class R>
    Async<R> join_after(Async<R> body) {
        std::optional<R> result;
        std::exception_ptr error;
        try {
            result = co_await std::move(body);
        } catch (...) {
            error = std::current_exception();
        }
        while (running_) co_await done_.wait_until(SteadyTime::max());
        if (error) std::rethrow_exception(error);
        co_return std::move(*result);
    }

  private:
    boost::asio::any_io_executor executor_;
    Event done_;
    bool running_ = false;
    std::exception_ptr error_;
    T value_{};
};

}  // namespace sallyport::net
