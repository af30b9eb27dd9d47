#include "storage/local/local_backend.hpp"

#include "storage/local/local_volume.hpp"

namespace sallyport::storage {

Started<std::unique_ptr<LocalBackend>> LocalBackend::open(const LocalOptions& options,
                                                          BlockingPool& pool) {
    auto root = Root::open(options);
    if (!root) return root.error();
    return std::unique_ptr<LocalBackend>(new LocalBackend(std::move(*root), pool));
}

Async<Result<std::shared_ptr<Volume>>> LocalBackend::open_volume(const VolumeRequest& request) {
    co_return co_await pool_.run([&] { return open_home(request); });
}

Result<std::shared_ptr<Volume>> LocalBackend::open_home(const VolumeRequest& request) {
    auto home = Home::open(root_, request);
    if (!home) return home.error();
    return std::shared_ptr<Volume>(std::make_shared<LocalVolume>(std::move(*home), pool_));
}

Async<Result<Space>> LocalBackend::probe() {
    co_return co_await pool_.run([&] { return root_->probe(); });
}

Async<void> LocalBackend::sweep() {
    co_await pool_.run([&] {
        root_->sweep();
        return true;
    });
}

}  // namespace sallyport::storage
