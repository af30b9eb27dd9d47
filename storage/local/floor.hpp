#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "storage/local/directory.hpp"

namespace sallyport::storage {

/// Keeps some bytes of one file system free, however many writes are under way. Thread-safe; must
/// outlive what it hands out.
class Floor {
  public:
    /// Room that is taken until the bytes are there, or will never be. Movable.
    class Hold {
      public:
        Hold() = default;
        Hold(Hold&& other) noexcept
            : floor_(std::exchange(other.floor_, nullptr)), bytes_(other.bytes_) {}
        Hold& operator=(Hold&&) = delete;
        ~Hold() {
            if (floor_ != nullptr) floor_->release(bytes_);
        }

      private:
        friend class Floor;
        Hold(Floor* floor, std::uint64_t bytes) : floor_(floor), bytes_(bytes) {}

        Floor* floor_ = nullptr;
        std::uint64_t bytes_ = 0;
    };

    explicit Floor(std::uint64_t min_free) : min_free_(min_free) {}

    /// False when all of the file system may be used: then the system itself keeps count.
    [[nodiscard]] bool is_set() const { return min_free_ > 0; }
    /// Room for `bytes` more on the file system of `file`, in whole blocks: else `no_space`.
    [[nodiscard]] Result<Hold> hold(const Descriptor& file, std::uint64_t bytes);
    /// What is free above the floor, and the size of the file system.
    [[nodiscard]] Result<FileSystemSpace> space(const Descriptor& file);

  private:
    void release(std::uint64_t bytes);

    const std::uint64_t min_free_;
    std::mutex mutex_;
    std::uint64_t held_ = 0;
};

/// The floors of all file systems. Thread-safe.
class Floors {
  public:
    explicit Floors(std::uint64_t min_free) : min_free_(min_free) {}
    [[nodiscard]] std::shared_ptr<Floor> of(dev_t device);

  private:
    const std::uint64_t min_free_;
    std::mutex mutex_;
    std::map<dev_t, std::shared_ptr<Floor>> floors_;
};

}  // namespace sallyport::storage
