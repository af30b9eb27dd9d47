#pragma once

#include "storage/memory/memory_tree.hpp"
#include "storage/quota/charge.hpp"

namespace sallyport::storage {

/// One user's view of a home or mount. Hold the tree's mutex for every call.
class MemoryHome {
  public:
    /// A directory of the tree.
    struct Folder {
        MemoryNodePointer base;  ///< the tree's root, or the folder of a mount
        std::string path;        ///< relative to `base`; empty: `base` itself
        std::string place;       ///< what meters call it
    };

    MemoryHome(std::shared_ptr<MemoryTree> tree, const VolumeRequest& request, Folder folder,
               std::shared_ptr<Account> account, bool writable = true)
        : tree_(std::move(tree)),
          folder_(std::move(folder)),
          file_mode_(request.file_mode),
          directory_mode_(request.directory_mode),
          writable_(writable),
          stash_(partials_key(request.owner, folder_.place)),
          purse_{tree_->ledger, tree_->ledger->stash(stash_), std::move(account)} {}

    [[nodiscard]] MemoryTree& tree() const { return *tree_; }
    [[nodiscard]] std::uint32_t file_mode() const { return file_mode_; }
    [[nodiscard]] std::uint32_t directory_mode() const { return directory_mode_; }
    /// False: files cannot be received here.
    [[nodiscard]] bool is_writable() const { return writable_; }
    /// Who pays for uploads.
    [[nodiscard]] const Purse& purse() const { return purse_; }
    /// The meters that count where `path` is.
    [[nodiscard]] Meters meters(const VirtualPath& path) const;
    [[nodiscard]] MemoryTree::Partials& partials() const { return tree_->partials[stash_]; }

    [[nodiscard]] Result<MemoryNodePointer> find(const VirtualPath& path) const;
    [[nodiscard]] Result<MemoryNodePointer> find_directory(const VirtualPath& path) const;
    /// A file: `is_a_directory` for a directory.
    [[nodiscard]] Result<MemoryNodePointer> find_file(const VirtualPath& path) const;
    /// Null if there is none.
    [[nodiscard]] MemoryNodePointer find_partial(const VirtualPath& path) const;
    /// Removes the owner's partial; false if there is none.
    bool remove_partial(const VirtualPath& path) const;

  private:
    std::shared_ptr<MemoryTree> tree_;
    Folder folder_;
    std::uint32_t file_mode_;
    std::uint32_t directory_mode_;
    bool writable_;
    std::string stash_;
    Purse purse_;
};

}  // namespace sallyport::storage
