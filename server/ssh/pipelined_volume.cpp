#include "server/ssh/pipelined_volume.hpp"

#include "server/ssh/read_ahead.hpp"
#include "server/ssh/write_behind.hpp"

namespace sallyport::server::ssh {
namespace {

using storage::Result;
using storage::VirtualPath;

class PipelinedVolume final : public storage::Volume {
  public:
    PipelinedVolume(std::shared_ptr<storage::Volume> volume, boost::asio::any_io_executor executor)
        : volume_(std::move(volume)), executor_(std::move(executor)) {}

    Async<Result<storage::Entry>> stat(const VirtualPath& path) override {
        return volume_->stat(path);
    }
    Async<Result<std::unique_ptr<storage::Listing>>> list(const VirtualPath& directory) override {
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
                               storage::Overwrite overwrite) override {
        return volume_->rename(from, to, overwrite);
    }
    Async<Result<void>> set_attributes(const VirtualPath& path,
                                       const storage::AttributeChange& change) override {
        return volume_->set_attributes(path, change);
    }
    Async<Result<std::unique_ptr<storage::Download>>> download(const VirtualPath& path) override {
        auto opened = co_await volume_->download(path);
        if (!opened) co_return opened;
        co_return read_ahead(std::move(*opened), executor_);
    }
    Async<Result<std::unique_ptr<storage::Upload>>> upload(
        const storage::UploadRequest& request) override {
        auto opened = co_await volume_->upload(request);
        if (!opened) co_return opened;
        co_return write_behind(std::move(*opened), executor_);
    }
    Async<Result<std::string>> digest(const VirtualPath& path, storage::DigestAlgorithm algorithm,
                                      std::uint64_t first, std::uint64_t last) override {
        return volume_->digest(path, algorithm, first, last);
    }
    Async<Result<storage::Space>> space() override { return volume_->space(); }

  private:
    std::shared_ptr<storage::Volume> volume_;
    boost::asio::any_io_executor executor_;
};

}  // namespace

std::shared_ptr<storage::Volume> pipelined(std::shared_ptr<storage::Volume> volume,
                                           boost::asio::any_io_executor executor) {
    return std::make_shared<PipelinedVolume>(std::move(volume), std::move(executor));
}

}  // namespace sallyport::server::ssh
