#pragma once

#include <chrono>
#include <memory>

#include "storage/backend.hpp"

namespace sallyport::storage {

struct MemoryTree;

struct MemoryOptions {
    std::uint64_t capacity = std::uint64_t{1} << 30;  ///< bytes of all files together
    std::uint64_t min_free = 0;                       ///< bytes of it that uploads never touch
    bool digest = true;                               ///< SHA-256 of every upload
    std::chrono::milliseconds partial_retention = std::chrono::hours(24);
};

/// Files in memory, for tests and demonstrations: the same observable rules as a `LocalBackend`,
/// gone at the end of the process. Needs no pool. Thread-safe.
class MemoryBackend : public Backend {
  public:
    explicit MemoryBackend(const MemoryOptions& options = {});

    Async<Result<std::shared_ptr<Volume>>> open_volume(const VolumeRequest& request) override;
    Async<Result<Space>> probe() override;
    Async<void> sweep() override;
    /// No other process can.
    void hand_over() override {}

  private:
    const std::chrono::milliseconds partial_retention_;
    const std::shared_ptr<MemoryTree> tree_;
};

}  // namespace sallyport::storage
