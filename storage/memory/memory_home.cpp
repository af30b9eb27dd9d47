#include "storage/memory/memory_home.hpp"

namespace sallyport::storage {

Result<MemoryNodePointer> MemoryHome::find(const VirtualPath& path) const {
    // Looked up anew each time: the home may have been moved away.
    const auto home = tree_->find(folder_.base, folder_.path);
    if (!home || path.is_root()) return home;
    return tree_->find(*home, path.relative());
}

Result<MemoryNodePointer> MemoryHome::find_directory(const VirtualPath& path) const {
    auto node = find(path);
    if (node && !(*node)->is_directory()) return Error::not_a_directory;
    return node;
}

Result<MemoryNodePointer> MemoryHome::find_file(const VirtualPath& path) const {
    auto node = find(path);
    if (node && (*node)->is_directory()) return Error::is_a_directory;
    return node;
}

MemoryNodePointer MemoryHome::find_partial(const VirtualPath& path) const {
    const auto found = partials().find(path);
    return found == partials().end() ? nullptr : found->second;
}

bool MemoryHome::remove_partial(const VirtualPath& path) const {
    const auto partial = find_partial(path);
    if (!partial) return false;
    partials().erase(path);
    purse_.ledger->partial_removed(*purse_.stash, {partial->bytes->size(), 1});
    return true;
}

Meters MemoryHome::meters(const VirtualPath& path) const {
    if (path.is_root()) return purse_.ledger->covering(folder_.place);
    return purse_.ledger->covering(folder_.place == "/" ? path.str() : folder_.place + path.str());
}

}  // namespace sallyport::storage
