#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>

#include "server/net/sparing.hpp"
#include "server/session_registry.hpp"

namespace sallyport::server {

/// One thread with its own event loop. A session lives on one worker from accept to close, so its
/// state needs no lock.
class Worker {
  public:
    Worker()
        : context_(1),
          work_(boost::asio::make_work_guard(context_)),
          thread_([this] { context_.run(); }) {}
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
    net::Sparing diagnoses_{std::chrono::minutes(1)};
    SessionRegistry registry_;  // outlives the coroutines that the context still holds
    boost::asio::io_context context_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::thread thread_;
};

}  // namespace sallyport::server
