#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "storage/backend.hpp"

namespace sallyport::storage {

/// A mount whose files have been opened.
struct OpenMount {
    VirtualPath at;
    std::shared_ptr<Volume> volume;  ///< null: its folder is not there
};

/// Which volume a path belongs to. Immutable, thread-safe.
class Mounts {
  public:
    Mounts(std::shared_ptr<Volume> home, std::vector<OpenMount> mounts);

    /// Where a path leads.
    struct Route {
        const OpenMount* mount = nullptr;
        VirtualPath inside;  ///< as the mount's volume knows it

        [[nodiscard]] Volume* volume() const { return mount->volume.get(); }
        /// What a path of that volume is called by the user: `invalid_name` if it is too long.
        [[nodiscard]] Result<VirtualPath> outside(const VirtualPath& path) const;
    };
    /// The innermost mount that `path` is in, or the home. Valid as long as this is.
    [[nodiscard]] Route route(const VirtualPath& path) const;
    /// True for a path that a mount has, or that leads to one: it is a directory, whatever the home
    /// has there, and stays.
    [[nodiscard]] bool is_fixed(const VirtualPath& path) const;
    /// True for a path that a mount has.
    [[nodiscard]] bool is_mount(const VirtualPath& path) const;
    /// The names in `directory` that are fixed.
    [[nodiscard]] std::set<std::string> fixed_names(const VirtualPath& directory) const;

  private:
    /// The home is the first one, at the root.
    std::vector<OpenMount> mounts_;
};

}  // namespace sallyport::storage
