#pragma once

#include <memory>

#include "storage/backend.hpp"
#include "storage/memory/memory_tree.hpp"

namespace sallyport::storage {

/// A file of a memory backend; keeps its content alive.
class MemoryDownload : public Download {
  public:
    MemoryDownload(Entry entry, std::shared_ptr<const MemoryBytes> bytes)
        : entry_(std::move(entry)), bytes_(std::move(bytes)) {}

    [[nodiscard]] const Entry& entry() const override { return entry_; }
    Async<Result<std::size_t>> read(std::uint64_t offset, std::span<std::byte> into) override;

  private:
    const Entry entry_;
    const std::shared_ptr<const MemoryBytes> bytes_;
};

}  // namespace sallyport::storage
