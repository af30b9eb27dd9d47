#pragma once

#include <atomic>
#include <chrono>
#include <thread>

#include "server/events/event.hpp"

namespace sallyport::server {

/// Ends the process by force when it was told to end by SIGTERM or SIGINT and is still there long
/// afterwards: a session may wait for a disk that never answers, or a thread for memory. What is
/// not published then is resumable or gone, as after a crash.
///
/// Needs nothing at that time: no memory, no event loop, no thread but its own. One at a time.
class StopLimit {
  public:
    using Clock = std::chrono::steady_clock;

    /// How long the process may be there after the first signal, and after each further one.
    struct Limits {
        Clock::duration told;
        Clock::duration told_again;
    };

    /// The handlers of both signals must be in place; they are called as before. `sink` must
    /// outlive this object.
    StopLimit(Limits limits, events::Sink& sink);
    /// The process ends in good order.
    ~StopLimit();
    StopLimit(const StopLimit&) = delete;
    StopLimit& operator=(const StopLimit&) = delete;

  private:
    void watch() noexcept;
    /// False when the process is to be ended.
    [[nodiscard]] bool ends_in_time() noexcept;
    void report() noexcept;

    const Limits limits_;
    events::Sink& sink_;
    std::atomic<bool> ended_ = false;
    std::thread thread_;
};

}  // namespace sallyport::server
