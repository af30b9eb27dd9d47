#include "storage/mounts.hpp"

#include <algorithm>

namespace sallyport::storage {

Mounts::Mounts(std::shared_ptr<Volume> home, std::vector<OpenMount> mounts)
    : mounts_(std::move(mounts)) {
    mounts_.insert(mounts_.begin(), OpenMount{VirtualPath(), std::move(home)});
}

Result<VirtualPath> Mounts::Route::outside(const VirtualPath& path) const {
    if (path.is_root()) return mount->at;
    return VirtualPath::parse(path.relative(), mount->at);
}

Mounts::Route Mounts::route(const VirtualPath& path) const {
    const OpenMount* innermost = &mounts_.front();
    for (const OpenMount& mount : mounts_) {
        const bool deeper = mount.at.str().size() > innermost->at.str().size();
        if (deeper && path.is_within(mount.at)) innermost = &mount;
    }
    if (innermost->at.is_root()) return {innermost, path};
    const std::string_view rest = std::string_view(path.str()).substr(innermost->at.str().size());
    return {innermost, VirtualPath::parse(rest).value()};
}

bool Mounts::is_fixed(const VirtualPath& path) const {
    return std::any_of(mounts_.begin() + 1, mounts_.end(),
                       [&](const OpenMount& mount) { return mount.at.is_within(path); });
}

bool Mounts::is_mount(const VirtualPath& path) const {
    return std::any_of(mounts_.begin() + 1, mounts_.end(),
                       [&](const OpenMount& mount) { return mount.at == path; });
}

std::set<std::string> Mounts::fixed_names(const VirtualPath& directory) const {
    std::set<std::string> names;
    for (auto mount = mounts_.begin() + 1; mount != mounts_.end(); ++mount) {
        VirtualPath path = mount->at;
        if (path == directory || !path.is_within(directory)) continue;
        while (path.parent() != directory) path = path.parent();
        names.emplace(path.name());
    }
    return names;
}

}  // namespace sallyport::storage
