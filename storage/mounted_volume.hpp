#pragma once

#include "storage/mounts.hpp"

namespace sallyport::storage {

/// A home with mounts in it, for every backend: sends each operation to the volume that the path
/// leads to. `Volume` says what mounts are like.
class MountedVolume : public Volume {
  public:
    MountedVolume(std::shared_ptr<Volume> home, std::vector<OpenMount> mounts)
        : mounts_(std::make_shared<const Mounts>(std::move(home), std::move(mounts))) {}

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
    /// Outlived by listings, which look at what is fixed when their turn comes.
    const std::shared_ptr<const Mounts> mounts_;
};

}  // namespace sallyport::storage
