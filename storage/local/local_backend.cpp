#include "storage/local/local_backend.hpp"

#include "storage/local/accounts.hpp"
#include "storage/local/local_volume.hpp"
#include "storage/mounted_volume.hpp"

namespace sallyport::storage {

Started<std::unique_ptr<LocalBackend>> LocalBackend::open(const LocalOptions& options,
                                                          BlockingPool& pool) {
    auto root = Root::open(options, pool);
    if (!root) return root.error();
    return std::unique_ptr<LocalBackend>(new LocalBackend(std::move(*root), pool));
}

Async<Result<std::shared_ptr<Volume>>> LocalBackend::open_volume(const VolumeRequest& request) {
    co_return co_await pool_.run([&] { return open_home(request); });
}

Result<std::shared_ptr<Volume>> LocalBackend::open_home(const VolumeRequest& request) {
    std::shared_ptr<Account> account;
    if (request.quota) {
        const Usage limit{request.quota->bytes, request.quota->files};
        account = root_->services()->ledger->account(request.quota->account, limit);
    }
    auto home = Home::open(root_, request, account);
    if (!home) return home.error();
    if (account) add_members(*root_, mounts_, *request.quota, *account);
    auto volume = std::make_shared<LocalVolume>(std::move(*home), pool_);
    if (request.mounts.empty()) return std::shared_ptr<Volume>(std::move(volume));
    std::vector<OpenMount> mounts;
    for (const Mount& mount : request.mounts) {
        mounts.push_back(open_mount(request, mount, account));
    }
    return std::shared_ptr<Volume>(
        std::make_shared<MountedVolume>(std::move(volume), std::move(mounts)));
}

OpenMount LocalBackend::open_mount(const VolumeRequest& request, const Mount& mount,
                                   const std::shared_ptr<Account>& account) {
    OpenMount opened{mount.at, nullptr};
    const auto root = mounts_.in(mount.folder);
    if (!root) return opened;
    auto home = Home::open_mount(*root, request, mount, account);
    if (home) opened.volume = std::make_shared<LocalVolume>(std::move(*home), pool_);
    return opened;
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
