#include "server/ssh/pipelined_volume.hpp"

#include "server/ssh/read_ahead.hpp"
#include "server/ssh/write_behind.hpp"
#include "storage/forwarding_volume.hpp"

namespace sallyport::server::ssh {
namespace {

using storage::Result;
using storage::VirtualPath;

class PipelinedVolume final : public storage::ForwardingVolume {
  public:
    PipelinedVolume(std::shared_ptr<storage::Volume> volume, boost::asio::any_io_executor executor)
        : ForwardingVolume(std::move(volume)), executor_(std::move(executor)) {}

    Async<Result<std::unique_ptr<storage::Download>>> download(const VirtualPath& path) override {
        auto opened = co_await inner().download(path);
        if (!opened) co_return opened;
        co_return read_ahead(std::move(*opened), executor_);
    }
    Async<Result<std::unique_ptr<storage::Upload>>> upload(
        const storage::UploadRequest& request) override {
        auto opened = co_await inner().upload(request);
        if (!opened) co_return opened;
        co_return write_behind(std::move(*opened), executor_);
    }

  private:
    boost::asio::any_io_executor executor_;
};

}  // namespace

std::shared_ptr<storage::Volume> pipelined(std::shared_ptr<storage::Volume> volume,
                                           boost::asio::any_io_executor executor) {
    return std::make_shared<PipelinedVolume>(std::move(volume), std::move(executor));
}

}  // namespace sallyport::server::ssh
