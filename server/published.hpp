#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace sallyport::server {

/// A value that all threads read and one replaces now and then; who has read it keeps what was
/// read. Any thread.
///
/// Not `std::atomic<std::shared_ptr>`: that of GCC 12 does not order a reader before the next
/// writer, which the thread sanitizer reports.
template <class T>
class Published {
  public:
    explicit Published(std::shared_ptr<const T> value) : value_(std::move(value)) {}

    [[nodiscard]] std::shared_ptr<const T> load() const {
        const std::lock_guard lock(mutex_);
        return value_;
    }

    /// Returns what `value` takes the place of.
    [[nodiscard]] std::shared_ptr<const T> exchange(std::shared_ptr<const T> value) {
        const std::lock_guard lock(mutex_);
        return std::exchange(value_, std::move(value));
    }

  private:
    mutable std::mutex mutex_;
    std::shared_ptr<const T> value_;
};

}  // namespace sallyport::server
