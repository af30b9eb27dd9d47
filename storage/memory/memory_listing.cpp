#include "storage/memory/memory_listing.hpp"

#include <algorithm>
#include <iterator>

namespace sallyport::storage {

Result<std::unique_ptr<Listing>> MemoryListing::open(const MemoryHome& home,
                                                     const VirtualPath& directory) {
    const auto node = home.find_directory(directory);
    if (!node) return node.error();
    std::map<std::string, Entry> entries;
    for (const auto& [name, child] : (*node)->children) {
        if (directory.child(name)) entries[name] = entry_of(name, *child);
    }
    for (const auto& [path, partial] : home.partials()) {
        if (path.parent() != directory) continue;
        Entry& entry = entries[std::string(path.name())];
        if (entry.type == EntryType::directory) continue;
        entry = entry_of(path.name(), *partial);
        entry.partial = true;
    }
    auto listing = std::make_unique<MemoryListing>();
    for (auto& [name, entry] : entries) listing->left_.push_back(std::move(entry));
    return std::unique_ptr<Listing>(std::move(listing));
}

Async<Result<std::vector<Entry>>> MemoryListing::next(std::size_t at_most) {
    const auto count = static_cast<std::ptrdiff_t>(std::min(at_most, left_.size()));
    const auto first = left_.end() - count;
    std::vector<Entry> batch(std::make_move_iterator(first), std::make_move_iterator(left_.end()));
    left_.erase(first, left_.end());
    co_return batch;
}

}  // namespace sallyport::storage
