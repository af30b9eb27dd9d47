#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

#include "storage/async.hpp"

namespace sallyport::storage {

/// Lets the changes of a folder through, and makes them wait while the folder is counted, so that
/// the count is exact. Thread-safe; nothing blocks. Must outlive whoever waits.
class Gate {
  public:
    /// Goes through, as soon as the gate is open. Resumes on the caller's executor.
    Async<void> enter();
    /// Once for each `enter`.
    void leave();

    /// Closes the gate. `empty` is called once, as soon as nobody is inside: now, or by the last
    /// one to leave, on that one's thread. Not when it is closed already.
    void close(std::function<void()> empty);
    /// Lets everybody in who waits.
    void open();

  private:
    [[nodiscard]] bool try_enter();
    template <class Handler>
    void wait(Handler handler);
    /// True when `resume` was kept for later.
    [[nodiscard]] bool keep_waiting(const std::function<void()>& resume);

    std::mutex mutex_;  ///< guards all below
    bool closed_ = false;
    std::size_t inside_ = 0;
    std::function<void()> empty_;
    std::vector<std::function<void()>> waiting_;
};

}  // namespace sallyport::storage
