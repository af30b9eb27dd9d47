#pragma once

#include "storage/backend.hpp"
#include "storage/blocking_pool.hpp"
#include "storage/local/tree.hpp"

namespace sallyport::storage {

/// One user's files in a local backend: takes every operation to the pool, once.
class LocalVolume : public Volume {
  public:
    LocalVolume(std::shared_ptr<const Home> home, BlockingPool& pool)
        : home_(home), tree_(std::move(home)), pool_(pool) {}

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
    Async<Result<std::unique_ptr<Upload>>> start(const UploadRequest& request);

    const std::shared_ptr<const Home> home_;
    const Tree tree_;
    BlockingPool& pool_;
};

}  // namespace sallyport::storage
