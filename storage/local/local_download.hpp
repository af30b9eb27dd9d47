#pragma once

#include "storage/backend.hpp"
#include "storage/blocking_pool.hpp"
#include "storage/local/home.hpp"

namespace sallyport::storage {

/// An open file of a local backend.
class LocalDownload : public Download {
  public:
    /// Opens `path`. Blocks.
    [[nodiscard]] static Result<std::unique_ptr<Download>> open(const Home& home,
                                                                BlockingPool& pool,
                                                                const VirtualPath& path);

    [[nodiscard]] const Entry& entry() const override { return entry_; }
    Async<Result<std::size_t>> read(std::uint64_t offset, std::span<std::byte> into) override;

  private:
    LocalDownload(BlockingPool& pool, Descriptor file, Entry entry)
        : pool_(pool), file_(std::move(file)), entry_(std::move(entry)) {}

    BlockingPool& pool_;
    const Descriptor file_;
    const Entry entry_;
};

}  // namespace sallyport::storage
