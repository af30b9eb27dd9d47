#pragma once

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "storage/error.hpp"
#include "storage/local/errno_map.hpp"

namespace sallyport::storage {

/// Owns a file descriptor. Movable; closes on destruction.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        const Descriptor old(std::exchange(fd_, other.release()));
        return *this;
    }
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }

    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool is_open() const { return fd_ >= 0; }
    /// Gives the descriptor away.
    int release() { return std::exchange(fd_, -1); }
    /// Closes it and tells whether that worked: network file systems report lost writes only here.
    [[nodiscard]] Result<void> close() {
        if (::close(release()) == 0) return {};
        return from_errno(errno);
    }

  private:
    int fd_ = -1;
};

}  // namespace sallyport::storage
