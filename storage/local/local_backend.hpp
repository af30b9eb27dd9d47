#pragma once

#include <memory>

#include "storage/backend.hpp"
#include "storage/blocking_pool.hpp"
#include "storage/local/local_options.hpp"
#include "storage/local/mount_roots.hpp"
#include "storage/mounts.hpp"

namespace sallyport::storage {

/// Files in a folder of this machine. The kernel confines every access to that folder (openat2), no
/// link is ever followed and nothing but regular files is opened.
///
/// Uploads are staged in `<root>/.sallyport`, or in the user's home when that is on another file
/// system; those to a mount in its own folder. Only one process at a time can serve a root, but
/// while it ends its last uploads it can let the next one begin. Thread-safe.
class LocalBackend : public Backend {
  public:
    /// Opens and locks the root. `pool` runs all blocking work and must outlive the backend and
    /// everything that it hands out. Blocks. On failure a sentence for the operator.
    [[nodiscard]] static Started<std::unique_ptr<LocalBackend>> open(const LocalOptions& options,
                                                                     BlockingPool& pool);

    Async<Result<std::shared_ptr<Volume>>> open_volume(const VolumeRequest& request) override;

    Async<Result<Space>> probe() override;
    Async<void> sweep() override;
    void hand_over() override { root_->hand_over(); }

  private:
    LocalBackend(std::shared_ptr<Root> root, BlockingPool& pool)
        : root_(std::move(root)), mounts_(root_->services()), pool_(pool) {}
    [[nodiscard]] Result<std::shared_ptr<Volume>> open_home(const VolumeRequest& request);
    [[nodiscard]] OpenMount open_mount(const VolumeRequest& request, const Mount& mount,
                                       const std::shared_ptr<Account>& account);

    const std::shared_ptr<Root> root_;
    MountRoots mounts_;
    BlockingPool& pool_;
};

}  // namespace sallyport::storage
