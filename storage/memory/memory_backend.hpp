#pragma once

#include <memory>

#include "storage/backend.hpp"

namespace sallyport::storage {

struct MemoryTree;

struct MemoryOptions {
    std::uint64_t capacity = std::uint64_t{1} << 30;  ///< bytes of all files together
};

/// Files in memory, for tests and demonstrations: the same observable rules as a `LocalBackend`,
/// gone at the end of the process. Needs no pool. Thread-safe.
class MemoryBackend : public Backend {
  public:
    explicit MemoryBackend(const MemoryOptions& options = {});

    Async<Result<std::shared_ptr<Volume>>> open_volume(const VolumeRequest& request) override;
    Async<Result<Space>> probe() override;

  private:
    const std::shared_ptr<MemoryTree> tree_;
};

}  // namespace sallyport::storage
