#pragma once

#include "storage/backend.hpp"
#include "storage/memory/memory_home.hpp"

namespace sallyport::storage {

/// One user's files in a memory backend. Completes without ever leaving the caller's thread.
class MemoryVolume : public Volume {
  public:
    explicit MemoryVolume(std::shared_ptr<const MemoryHome> home) : home_(std::move(home)) {}

    Async<Result<Entry>> stat(const VirtualPath& path) override;
    Async<Result<std::unique_ptr<Listing>>> list(const VirtualPath& directory) override;
    Async<Result<void>> make_directory(const VirtualPath& path) override;
    Async<Result<void>> remove_directory(const VirtualPath& path) override;
    Async<Result<void>> remove(const VirtualPath& path) override;
    Async<Result<void>> rename(const VirtualPath& from, const VirtualPath& to,
                               Overwrite overwrite) override;
    Async<Result<void>> set_attributes(const VirtualPath& path,
                                       const AttributeChange& change) override;
    Async<Result<std::unique_ptr<Download>>> download(const VirtualPath& path) override;
    Async<Result<std::unique_ptr<Upload>>> upload(const UploadRequest& request) override;
    Async<Result<std::string>> digest(const VirtualPath& path, DigestAlgorithm algorithm,
                                      std::uint64_t first, std::uint64_t last) override;
    Async<Result<Space>> space(const VirtualPath& path) override;

  private:
    [[nodiscard]] std::lock_guard<std::mutex> lock() const {
        return std::lock_guard(home_->tree().mutex);
    }

    const std::shared_ptr<const MemoryHome> home_;
};

}  // namespace sallyport::storage
