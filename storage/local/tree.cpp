#include "storage/local/tree.hpp"

#include <fcntl.h>

#include "storage/local/attributes.hpp"
#include "storage/local/entry_of.hpp"
#include "storage/local/file_bytes.hpp"
#include "storage/local/publish.hpp"
#include "storage/local/stored_digest.hpp"

namespace sallyport::storage {

Result<Entry> Tree::stat(const VirtualPath& path) const {
    const auto published = home_->status(path);
    if (!published && published.error() != Error::not_found) return published.error();
    if (published) {
        const auto regular = require_regular(*published);
        if (!regular && regular.error() != Error::is_a_directory) return regular.error();
        if (!regular) return entry_of(std::string(path.name()), *published);
    }
    const auto partial = home_->partials().find(path);
    if (!partial && !published) return published.error();
    Entry entry = entry_of(std::string(path.name()), partial ? *partial : *published);
    entry.partial = partial.has_value();
    return entry;
}

Result<void> Tree::make_directory(const VirtualPath& path) const {
    if (path.is_root()) return Error::exists;
    const auto parent = home_->open_directory(path.parent());
    if (!parent) return parent.error();
    const auto made = make_directory_at(*parent, std::string(path.name()), home_->directory_mode());
    if (!made) return made;
    return home_->root().sync(*parent);
}

Result<void> Tree::remove_directory(const VirtualPath& path) const {
    if (path.is_root()) return Error::forbidden;
    const auto parent = home_->open_directory(path.parent());
    if (!parent) return parent.error();
    const std::string name(path.name());
    const auto removed = outcome(::unlinkat(parent->get(), name.c_str(), AT_REMOVEDIR));
    if (!removed) return removed;
    home_->partials().remove_in(path);
    return home_->root().sync(*parent);
}

Result<void> Tree::remove(const VirtualPath& path) const {
    if (path.is_root()) return Error::is_a_directory;
    const auto published = remove_published(path);
    if (!published && published.error() != Error::not_found) return published;
    const auto partial = home_->partials().remove(path);
    return published ? published : partial;
}

Result<void> Tree::remove_published(const VirtualPath& path) const {
    const auto parent = home_->open_directory(path.parent());
    if (!parent) return parent.error();
    const std::string name(path.name());
    const auto status = status_at(*parent, name);
    if (!status) return status.error();
    const auto regular = require_regular(*status);
    if (!regular) return regular;
    const auto removed = outcome(::unlinkat(parent->get(), name.c_str(), 0));
    if (!removed) return removed;
    return home_->root().sync(*parent);
}

Result<void> Tree::rename(const VirtualPath& from, const VirtualPath& to,
                          Overwrite overwrite) const {
    if (from.is_root()) return Error::forbidden;
    if (to.is_root()) return Error::exists;
    const auto status = home_->status(from);
    if (!status) return status.error();
    const auto regular = require_regular(*status);
    if (!regular && regular.error() != Error::is_a_directory) return regular;
    if (from == to) return {};
    if (to.is_within(from)) return Error::invalid_name;
    // A directory never replaces anything and is never one of several versions.
    return move(from, to, regular ? overwrite : Overwrite::deny);
}

Result<void> Tree::move(const VirtualPath& from, const VirtualPath& to, Overwrite overwrite) const {
    const auto source = home_->open_directory(from.parent());
    if (!source) return source.error();
    const auto target = home_->open_directory(to.parent());
    if (!target) return target.error();
    const std::string old_name(from.name());
    const std::string new_name(to.name());
    const auto placed = place({*source, old_name}, {*target, new_name}, overwrite, Old::removed);
    if (!placed) return placed.error();
    const auto durable = home_->root().sync(*target);
    if (!durable || from.parent() == to.parent()) return durable;
    return home_->root().sync(*source);
}

Result<void> Tree::set_attributes(const VirtualPath& path, const AttributeChange& change) const {
    if (path.is_root()) return Error::forbidden;
    return change_attributes(*home_, path, change);
}

Result<std::string> Tree::digest(const VirtualPath& path, DigestAlgorithm algorithm,
                                 std::uint64_t first, std::uint64_t last) const {
    const auto opened = home_->open_file(path);
    if (!opened) return opened.error();
    const auto size = opened->status.size;
    if (algorithm == DigestAlgorithm::sha256 && first == 0 && last >= size) {
        if (auto known = recall_digest(opened->file, opened->status)) return std::move(*known);
    }
    Digest digest(algorithm);
    const auto read = digest_range(opened->file, first, std::min(last, size), digest);
    if (!read) return read.error();
    return digest.finish();
}

Result<Space> Tree::space() const {
    const auto space = space_of(home_->staging().active());
    if (!space) return space.error();
    const std::uint64_t floor = home_->root().options().min_free;
    return Space{space->free > floor ? space->free - floor : 0, space->total};
}

}  // namespace sallyport::storage
