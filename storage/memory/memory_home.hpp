#pragma once

#include "storage/memory/memory_tree.hpp"

namespace sallyport::storage {

/// One user's view of a tree. Hold the tree's mutex for every call.
class MemoryHome {
  public:
    MemoryHome(std::shared_ptr<MemoryTree> tree, VolumeRequest request)
        : tree_(std::move(tree)),
          request_(std::move(request)),
          owner_(std::string(request_.owner).append(1, '\0').append(request_.home)) {}

    [[nodiscard]] MemoryTree& tree() const { return *tree_; }
    [[nodiscard]] const VolumeRequest& settings() const { return request_; }
    [[nodiscard]] MemoryTree::Partials& partials() const { return tree_->partials[owner_]; }

    [[nodiscard]] Result<MemoryNodePointer> find(const VirtualPath& path) const;
    [[nodiscard]] Result<MemoryNodePointer> find_directory(const VirtualPath& path) const;
    /// A file: `is_a_directory` for a directory.
    [[nodiscard]] Result<MemoryNodePointer> find_file(const VirtualPath& path) const;
    /// Null if there is none.
    [[nodiscard]] MemoryNodePointer find_partial(const VirtualPath& path) const;

  private:
    [[nodiscard]] std::string full_path(const VirtualPath& path) const;

    std::shared_ptr<MemoryTree> tree_;
    VolumeRequest request_;
    std::string owner_;
};

}  // namespace sallyport::storage
