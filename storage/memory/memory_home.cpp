#include "storage/memory/memory_home.hpp"

namespace sallyport::storage {

Result<MemoryNodePointer> MemoryHome::find(const VirtualPath& path) const {
    return tree_->find(full_path(path));
}

Result<MemoryNodePointer> MemoryHome::find_directory(const VirtualPath& path) const {
    return tree_->find_directory(full_path(path));
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

std::string MemoryHome::full_path(const VirtualPath& path) const {
    return path.is_root() ? request_.home : request_.home + path.str();
}

}  // namespace sallyport::storage
