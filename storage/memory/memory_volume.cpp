#include "storage/memory/memory_volume.hpp"

#include "storage/memory/memory_download.hpp"
#include "storage/memory/memory_listing.hpp"
#include "storage/memory/memory_upload.hpp"

namespace sallyport::storage {

Async<Result<Entry>> MemoryVolume::stat(const VirtualPath& path) {
    const auto guard = lock();
    const auto published = home_->find(path);
    if (!published && published.error() != Error::not_found) co_return published.error();
    if (published && (*published)->is_directory()) co_return entry_of(path.name(), **published);
    const auto partial = home_->find_partial(path);
    if (!partial && !published) co_return published.error();
    Entry entry = entry_of(path.name(), partial ? *partial : **published);
    entry.partial = partial != nullptr;
    co_return entry;
}

Async<Result<std::unique_ptr<Listing>>> MemoryVolume::list(const VirtualPath& directory) {
    const auto guard = lock();
    co_return MemoryListing::open(*home_, directory);
}

Async<Result<void>> MemoryVolume::make_directory(const VirtualPath& path) {
    const auto guard = lock();
    if (path.is_root()) co_return Error::exists;
    const auto parent = home_->find_directory(path.parent());
    if (!parent) co_return parent.error();
    auto node = home_->tree().make_node(EntryType::directory, home_->directory_mode());
    const auto made = place(**parent, std::string(path.name()), std::move(node), Overwrite::deny);
    if (!made) co_return made.error();
    co_return Result<void>();
}

Async<Result<void>> MemoryVolume::remove_directory(const VirtualPath& path) {
    const auto guard = lock();
    if (path.is_root()) co_return Error::forbidden;
    const auto directory = home_->find_directory(path);
    if (!directory) co_return directory.error();
    if (!(*directory)->children.empty()) co_return Error::not_empty;
    const auto parent = home_->find_directory(path.parent());
    (*parent)->children.erase(std::string(path.name()));
    std::vector<VirtualPath> lost;
    for (const auto& [partial, node] : home_->partials()) {
        if (partial != path && partial.is_within(path)) lost.push_back(partial);
    }
    for (const auto& partial : lost) home_->remove_partial(partial);
    co_return Result<void>();
}

Async<Result<void>> MemoryVolume::remove(const VirtualPath& path) {
    const auto guard = lock();
    const auto file = home_->find_file(path);
    if (!file && file.error() != Error::not_found) co_return file.error();
    const bool had_partial = home_->remove_partial(path);
    if (!file && !had_partial) co_return file.error();
    if (file) {
        const auto parent = home_->find_directory(path.parent());
        (*parent)->children.erase(std::string(path.name()));
        home_->purse().ledger->changed(home_->meters(path), {}, {(*file)->bytes->size(), 1});
    }
    co_return Result<void>();
}

Async<Result<void>> MemoryVolume::rename(const VirtualPath& from, const VirtualPath& to,
                                         Overwrite overwrite) {
    const auto guard = lock();
    if (from.is_root()) co_return Error::forbidden;
    if (to.is_root()) co_return Error::exists;
    const auto node = home_->find(from);
    if (!node) co_return node.error();
    if (from == to) co_return Result<void>();
    if (to.is_within(from)) co_return Error::invalid_name;
    const auto source = home_->find_directory(from.parent());
    const auto target = home_->find_directory(to.parent());
    if (!target) co_return target.error();
    const Overwrite allowed = (*node)->is_directory() ? Overwrite::deny : overwrite;
    const auto placed = place(**target, std::string(to.name()), *node, allowed);
    if (!placed) co_return placed.error();
    (*source)->children.erase(std::string(from.name()));
    Ledger& ledger = *home_->purse().ledger;
    const Usage moved =
        (*node)->is_directory() ? usage_below(**node) : Usage{(*node)->bytes->size(), 1};
    ledger.changed(home_->meters(from), {}, moved);
    ledger.changed(home_->meters(to), moved, {});
    const auto& replaced = *placed;
    if (replaced) ledger.changed(home_->meters(to), {}, {replaced->bytes->size(), 1});
    co_return Result<void>();
}

Async<Result<void>> MemoryVolume::set_attributes(const VirtualPath& path,
                                                 const AttributeChange& change) {
    const auto guard = lock();
    if (path.is_root()) co_return Error::forbidden;
    const auto node = home_->find(path);
    if (!node) co_return node.error();
    if (change.modified) (*node)->modified = *change.modified;
    if (change.mode) (*node)->mode = *change.mode & 0777U;
    co_return Result<void>();
}

Async<Result<std::unique_ptr<Download>>> MemoryVolume::download(const VirtualPath& path) {
    const auto guard = lock();
    const auto file = home_->find_file(path);
    if (!file) co_return file.error();
    co_return std::make_unique<MemoryDownload>(entry_of(path.name(), **file), (*file)->bytes);
}

Async<Result<std::unique_ptr<Upload>>> MemoryVolume::upload(const UploadRequest& request) {
    co_return MemoryUpload::start(home_, request);
}

Async<Result<std::string>> MemoryVolume::digest(const VirtualPath& path, DigestAlgorithm algorithm,
                                                std::uint64_t first, std::uint64_t last) {
    const auto guard = lock();
    const auto file = home_->find_file(path);
    if (!file) co_return file.error();
    const auto bytes = (*file)->bytes->view();
    const std::uint64_t end = std::min<std::uint64_t>(last, bytes.size());
    const std::uint64_t begin = std::min(first, end);
    Digest digest(algorithm);
    digest.update(bytes.subspan(begin, end - begin));
    co_return digest.finish();
}

Async<Result<Space>> MemoryVolume::space(const VirtualPath&) {
    const MemoryTree& tree = home_->tree();
    const Purse& purse = home_->purse();
    if (!purse.account) co_return Space{tree.usage->left(), tree.capacity};
    const Usage left = purse.ledger->left(*purse.account);
    const std::uint64_t bytes = left.files == 0 ? 0 : left.bytes;
    co_return Space{std::min(tree.usage->left(), bytes),
                    std::min(tree.capacity, purse.ledger->limit(*purse.account).bytes)};
}

}  // namespace sallyport::storage
