#include "storage/local/tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "storage/local/attributes.hpp"
#include "storage/local/entry_of.hpp"
#include "storage/local/file_bytes.hpp"
#include "storage/local/publish.hpp"
#include "storage/local/stored_digest.hpp"
#include "storage/local/usage_below.hpp"

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
    const std::string name(path.name());
    const auto made = make_directory_at(*parent, name, home_->directory_mode());
    if (!made) return made;
    const auto durable = home_->root().sync(*parent);
    // Whoever is told that it failed tries again, and must not find it there.
    if (!durable) ::unlinkat(parent->get(), name.c_str(), AT_REMOVEDIR);
    return durable;
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

Result<void> Tree::remove(const VirtualPath& path, const Passage& passage) const {
    if (path.is_root()) return Error::is_a_directory;
    const auto published = remove_published(path, passage);
    if (!published && published.error() != Error::not_found) return published;
    const auto partial = home_->partials().remove(path);
    return published ? published : partial;
}

Result<void> Tree::remove_published(const VirtualPath& path, const Passage& passage) const {
    const auto parent = home_->open_directory(path.parent());
    if (!parent) return parent.error();
    const std::string name(path.name());
    auto locks = passage.exclusively();
    const auto status = status_at(*parent, name);
    if (!status) return status.error();
    const auto regular = require_regular(*status);
    if (!regular) return regular;
    const auto removed = outcome(::unlinkat(parent->get(), name.c_str(), 0));
    if (!removed) return removed;
    passage.changed({}, {status->size, 1});
    locks = {};
    return home_->root().sync(*parent);
}

Result<void> Tree::rename(const VirtualPath& from, const VirtualPath& to, Overwrite overwrite,
                          const Passage& passage) const {
    if (from.is_root()) return Error::forbidden;
    if (to.is_root()) return Error::exists;
    const auto status = home_->status(from);
    if (!status) return status.error();
    const auto regular = require_regular(*status);
    if (!regular && regular.error() != Error::is_a_directory) return regular;
    if (from == to) return {};
    if (to.is_within(from)) return Error::invalid_name;
    // A directory never replaces anything and is never one of several versions.
    return move(from, to, regular ? overwrite : Overwrite::deny, passage);
}

/// Between folders that count apart a whole folder has to be counted.
Result<Usage> Tree::usage_of(const Place& source, const Passage& passage) const {
    const auto status = status_at(source.directory, source.name);
    if (!status) return status.error();
    if (!S_ISDIR(status->mode)) return Usage{status->size, 1};
    if (!passage.crosses_meters()) return Usage();
    const auto folder = open_beneath(source.directory, source.name, O_PATH | O_DIRECTORY);
    if (!folder) return folder.error();
    return usage_below(*folder);
}

Result<void> Tree::move(const VirtualPath& from, const VirtualPath& to, Overwrite overwrite,
                        const Passage& passage) const {
    const auto source = home_->open_directory(from.parent());
    if (!source) return source.error();
    const auto target = home_->open_directory(to.parent());
    if (!target) return target.error();
    const std::string old_name(from.name());
    const std::string new_name(to.name());
    auto locks = passage.exclusively();
    const auto usage = usage_of({*source, old_name}, passage);
    if (!usage) return usage.error();
    const auto placed = place({*source, old_name}, {*target, new_name}, overwrite, Old::removed);
    if (!placed) return placed.error();
    passage.moved(*usage, placed->replaced() ? Usage{placed->replaced_size, 1} : Usage());
    locks = {};
    auto durable = home_->root().sync(*target);
    if (durable && from.parent() != to.parent()) durable = home_->root().sync(*source);
    if (!durable) move_back({*source, old_name}, {*target, new_name}, *placed, *usage, passage);
    return durable;
}

/// Whoever is told that it failed tries again, and must find things as they were. What was replaced
/// is gone, though: then the new file stays.
void Tree::move_back(const Place& from, const Place& to, const Placed& placed, const Usage& usage,
                     const Passage& passage) const {
    const auto locks = passage.exclusively();
    take_back(from, to, placed);
    const auto there = status_at(from.directory, from.name);
    if (there && there->inode == placed.inode) passage.moved_back(usage);
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
    if (!home_->can_stage()) {
        const auto read_only = space_of(home_->root().directory());
        if (!read_only) return read_only.error();
        return Space{0, read_only->total};
    }
    const StagingArea& area = home_->staging();
    const auto on_disk = area.floor().space(area.active());
    if (!on_disk) return on_disk.error();
    const Purse& purse = home_->purse();
    if (!purse.account) return Space{on_disk->free, on_disk->total};
    const Usage left = purse.ledger->left(*purse.account);
    const std::uint64_t bytes = left.files == 0 ? 0 : left.bytes;
    return Space{std::min(on_disk->free, bytes),
                 std::min(on_disk->total, purse.ledger->limit(*purse.account).bytes)};
}

}  // namespace sallyport::storage
