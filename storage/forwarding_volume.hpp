#pragma once

#include <utility>

#include "storage/backend.hpp"

namespace sallyport::storage {

/// A volume that hands every operation on to another one: the base of layers that change only some.
class ForwardingVolume : public Volume {
  public:
    explicit ForwardingVolume(std::shared_ptr<Volume> volume) : volume_(std::move(volume)) {}

    Async<Result<Entry>> stat(const VirtualPath& path) override { return volume_->stat(path); }
    Async<Result<std::unique_ptr<Listing>>> list(const VirtualPath& directory) override {
        return volume_->list(directory);
    }
    Async<Result<void>> make_directory(const VirtualPath& path) override {
        return volume_->make_directory(path);
    }
    Async<Result<void>> remove_directory(const VirtualPath& path) override {
        return volume_->remove_directory(path);
    }
    Async<Result<void>> remove(const VirtualPath& path) override { return volume_->remove(path); }
    Async<Result<void>> rename(const VirtualPath& from, const VirtualPath& to,
                               Overwrite overwrite) override {
        return volume_->rename(from, to, overwrite);
    }
    Async<Result<void>> set_attributes(const VirtualPath& path,
                                       const AttributeChange& change) override {
        return volume_->set_attributes(path, change);
    }
    Async<Result<std::unique_ptr<Download>>> download(const VirtualPath& path) override {
        return volume_->download(path);
    }
    Async<Result<std::unique_ptr<Upload>>> upload(const UploadRequest& request) override {
        return volume_->upload(request);
    }
    Async<Result<std::string>> digest(const VirtualPath& path, DigestAlgorithm algorithm,
                                      std::uint64_t first, std::uint64_t last) override {
        return volume_->digest(path, algorithm, first, last);
    }
    Async<Result<Space>> space(const VirtualPath& path) override { return volume_->space(path); }

  protected:
    [[nodiscard]] Volume& inner() const { return *volume_; }

  private:
    std::shared_ptr<Volume> volume_;
};

}  // namespace sallyport::storage
