#include "storage/local/mount_roots.hpp"

namespace sallyport::storage {

Result<std::shared_ptr<Root>> MountRoots::in(const std::filesystem::path& folder) {
    const std::lock_guard lock(mutex_);
    auto& root = roots_[folder.string()];
    if (root && root->check_in_place()) return root;
    auto opened = Root::open_mount(services_, folder);
    if (!opened) return opened;
    root = *opened;
    return opened;
}

}  // namespace sallyport::storage
