#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>

#include "server/net/sparing.hpp"
#include "server/net/wait.hpp"
#include "server/session_registry.hpp"

namespace sallyport::server {

/// One thread with its own event loop. A session lives on one worker from accept to close, so its
/// state needs no lock.
class Worker {
  public:
    Worker() : context_(1), work_(boost::asio::make_work_guard(context_)) {
        net::make_room_for_timers(context_, timers);
        thread_ = std::thread([this] { run(); });
    }
    /// Every session must have ended.
    ~Worker() {
        work_.reset();
        thread_.join();
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    [[nodiscard]] boost::asio::io_context& context() { return context_; }
    /// Used on the worker's thread only.
    [[nodiscard]] SessionRegistry& registry() { return registry_; }
    /// When a session may say why data connections fail. Used on the worker's thread only.
    [[nodiscard]] net::Sparing& diagnoses() { return diagnoses_; }

  private:
    /// A session has up to eight; this is for a thousand of them.
    static constexpr std::size_t timers = 8192;

    /// What a handler throws, say because there is no memory left to report a failed session with,
    /// ends that handler alone: other sessions share the thread.
    void run() noexcept {
        for (;;) {
            try {
                context_.run();
                return;
            } catch (...) {
                // Whatever could be said about it needs memory, too.
                continue;
            }
        }
    }

    net::Sparing diagnoses_{std::chrono::minutes(1)};
    SessionRegistry registry_;  // outlives the coroutines that the context still holds
    boost::asio::io_context context_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::thread thread_;
};

}  // namespace sallyport::server
