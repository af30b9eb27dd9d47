#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "storage/async.hpp"

namespace sallyport {

/// Threads for work that can block (disk, password hashing), so that the threads that own sockets
/// never do.
///
/// Must outlive everything that awaits it; the destructor waits for running work.
class BlockingPool {
  public:
    /// `max_waiting`: jobs that may wait for a thread; `try_run` refuses beyond it. Stops a flood
    /// of slow jobs from growing memory without bound.
    explicit BlockingPool(std::size_t threads, std::size_t max_waiting = SIZE_MAX)
        : threads_(threads), limit_(saturated_sum(threads, max_waiting)), pool_(threads) {}
    ~BlockingPool() { pool_.join(); }
    BlockingPool(const BlockingPool&) = delete;
    BlockingPool& operator=(const BlockingPool&) = delete;

    /// Runs `job()` on one of the threads and resumes the caller on the caller's own executor with
    /// its result. `job` must return a default-constructible, movable value. What it throws is
    /// thrown to the caller.
    template <class Job, class R = std::invoke_result_t<Job&>>
    Async<R> run(Job job) {
        ++busy_;
        Ticket ticket(busy_);
        co_return co_await launch<R>(std::move(job), std::move(ticket));
    }

    /// As `run`, but nothing when too many jobs are waiting already.
    template <class Job, class R = std::invoke_result_t<Job&>>
    Async<std::optional<R>> try_run(Job job) {
        auto ticket = try_enter();
        if (!ticket) co_return std::nullopt;
        co_return co_await launch<R>(std::move(job), std::move(*ticket));
    }

    /// Runs `job()` on one of the threads; nobody waits for it and it must not throw.
    template <class Job>
    void post(Job job) {
        boost::asio::post(pool_, std::move(job));
    }

    /// Jobs running or waiting that somebody waits for.
    [[nodiscard]] std::size_t busy() const { return busy_.load(); }
    [[nodiscard]] std::size_t threads() const { return threads_; }
    /// Jobs, running ones included, beyond which `try_run` refuses.
    [[nodiscard]] std::size_t limit() const { return limit_; }

  private:
    /// One job's share of `busy_`, given back wherever the job ends.
    class Ticket {
      public:
        /// `busy` was counted up already.
        explicit Ticket(std::atomic<std::size_t>& busy) : busy_(&busy) {}
        Ticket(Ticket&& other) noexcept : busy_(std::exchange(other.busy_, nullptr)) {}
        Ticket& operator=(Ticket&&) = delete;
        ~Ticket() { give_back(); }
        void give_back() {
            if (busy_ != nullptr) --*std::exchange(busy_, nullptr);
        }

      private:
        std::atomic<std::size_t>* busy_;
    };

    /// Checks and counts in one step: two callers never share the last place.
    std::optional<Ticket> try_enter() {
        std::size_t busy = busy_.load();
        while (busy < limit_) {
            if (busy_.compare_exchange_weak(busy, busy + 1)) return Ticket(busy_);
        }
        return std::nullopt;
    }

    template <class R, class Job>
    Async<R> launch(Job job, Ticket ticket) {
        co_return co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable),
                                                       void(std::exception_ptr, R)>(
            [this](auto handler, Job work, Ticket taken) {
                this->start(std::move(handler), std::move(work), std::move(taken));
            },
            boost::asio::use_awaitable, std::move(job), std::move(ticket));
    }

    static std::size_t saturated_sum(std::size_t a, std::size_t b) {
        return b > SIZE_MAX - a ? SIZE_MAX : a + b;
    }

    template <class Handler, class Job>
    void start(Handler handler, Job work, Ticket ticket) {
        auto executor = boost::asio::get_associated_executor(handler);
        boost::asio::post(pool_, [work = std::move(work), ticket = std::move(ticket),
                                  handler = std::move(handler),
                                  guard = boost::asio::make_work_guard(executor)]() mutable {
            std::invoke_result_t<Job&> result{};
            std::exception_ptr failure;
            try {
                result = work();
            } catch (...) {
                failure = std::current_exception();
            }
            ticket.give_back();
            boost::asio::post(guard.get_executor(), [handler = std::move(handler), failure,
                                                     result = std::move(result)]() mutable {
                handler(failure, std::move(result));
            });
        });
    }

    const std::size_t threads_;
    const std::size_t limit_;
    std::atomic<std::size_t> busy_{0};
    boost::asio::thread_pool pool_;
};

}  // namespace sallyport
