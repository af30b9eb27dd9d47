#pragma once

#include <semaphore.h>

#include <chrono>
#include <thread>

#include "server/events/event.hpp"

namespace sallyport::server {

/// Ends the process by force when it was told to end by SIGTERM or SIGINT and is still there so
/// long afterwards: a session may wait for a disk that never answers, or a thread for memory. What
/// is not published then is resumable, as after a crash.
///
/// Needs nothing at that time: no memory, no event loop, no thread but its own. One at a time.
class StopLimit {
  public:
    /// The handlers of both signals must be in place; they are called as before. `sink` must
    /// outlive this object.
    StopLimit(std::chrono::steady_clock::duration limit, events::Sink& sink);
    /// The process ends in good order.
    ~StopLimit();
    StopLimit(const StopLimit&) = delete;
    StopLimit& operator=(const StopLimit&) = delete;

  private:
    void watch() noexcept;
    /// False when the process does not end in good order within `limit`.
    [[nodiscard]] bool ends_within(std::chrono::steady_clock::duration limit) noexcept;
    void report() noexcept;

    const std::chrono::steady_clock::duration limit_;
    events::Sink& sink_;
    ::sem_t ending_;
    std::thread thread_;
};

}  // namespace sallyport::server
