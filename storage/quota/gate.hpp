#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/async.hpp"

namespace sallyport::storage {

/// Lets the changes of a folder through, and makes them wait while the folder is counted, so that
/// the count is exact. Thread-safe; nothing blocks. Must outlive whoever waits.
class Gate {
  public:
    /// Goes through, as soon as the gate is open. Resumes on the caller's executor,
    /// which must run one thing at a time.
    Async<void> enter();
    /// Once for each `enter`.
    void leave();

    /// Closes the gate. `empty` is called once, as soon as nobody is inside: now, or by the last
    /// one to leave, on that one's thread. Not when it is closed already.
    void close(std::function<void()> empty);
    /// Lets everybody in who waits.
    void open();

  private:
    struct Waiter;
    [[nodiscard]] bool try_enter();
    /// False when the gate has opened meanwhile and `waiter` is inside.
    [[nodiscard]] bool keep_waiting(const std::shared_ptr<Waiter>& waiter);

    std::mutex mutex_;  ///< guards all below
    bool closed_ = false;
    std::size_t inside_ = 0;
    std::function<void()> empty_;
    std::vector<std::shared_ptr<Waiter>> waiting_;
};

}  // namespace sallyport::storage
