#include "storage/memory/memory_backend.hpp"

#include "storage/home_name.hpp"
#include "storage/memory/memory_volume.hpp"

namespace sallyport::storage {
namespace {

Result<void> make_home(MemoryTree& tree, const VirtualPath& home, std::uint32_t mode) {
    if (tree.find(home.relative())) return {};
    if (!home.parent().is_root()) {
        const auto made = make_home(tree, home.parent(), mode);
        if (!made) return made;
    }
    const auto parent = tree.find_directory(home.parent().is_root() ? std::string_view()
                                                                    : home.parent().relative());
    if (!parent) return parent.error();
    const std::string name(home.name());
    const auto made =
        place(**parent, name, tree.make_node(EntryType::directory, mode), Overwrite::deny);
    if (!made) return made.error();
    return {};
}

}  // namespace

MemoryBackend::MemoryBackend(const MemoryOptions& options)
    : tree_(std::make_shared<MemoryTree>(options.capacity)) {}

Async<Result<std::shared_ptr<Volume>>> MemoryBackend::open_volume(const VolumeRequest& request) {
    const auto path = parse_home(request.home);
    if (!path) co_return path.error();
    const std::lock_guard lock(tree_->mutex);
    const auto made = make_home(*tree_, *path, request.directory_mode);
    if (!made) co_return made.error();
    const auto directory = tree_->find_directory(request.home);
    if (!directory) co_return directory.error();
    co_return std::make_shared<MemoryVolume>(std::make_shared<MemoryHome>(tree_, request));
}

Async<Result<Space>> MemoryBackend::probe() {
    const MemoryUsage& usage = *tree_->usage;
    co_return Space{usage.capacity - usage.used, usage.capacity};
}

}  // namespace sallyport::storage
