#include "storage/local/local_listing.hpp"

#include <sys/stat.h>

#include "storage/local/entry_of.hpp"

namespace sallyport::storage {

Result<std::unique_ptr<Listing>> LocalListing::open(const Home& home, BlockingPool& pool,
                                                    const VirtualPath& directory) {
    auto opened = home.open_directory(directory);
    if (!opened) return opened.error();
    auto reader = DirectoryReader::open(std::move(*opened));
    if (!reader) return reader.error();
    std::unique_ptr<LocalListing> listing(new LocalListing(pool, directory, std::move(*reader)));
    auto partials = home.partials().read(directory);
    if (partials) listing->partials_ = std::move(*partials);
    return std::unique_ptr<Listing>(std::move(listing));
}

Async<Result<std::vector<Entry>>> LocalListing::next(std::size_t at_most) {
    co_return co_await pool_.run([&] { return read(at_most); });
}

Result<std::vector<Entry>> LocalListing::read(std::size_t at_most) {
    std::vector<Entry> entries;
    while (entries.size() < at_most) {
        const auto name = next_name();
        if (!name) return name.error();
        if (!*name) break;
        // A name that no client can send back is of no use to one.
        if (!directory_.child(**name)) continue;
        if (auto entry = examine(**name)) entries.push_back(std::move(*entry));
    }
    return entries;
}

Result<std::optional<std::string>> LocalListing::next_name() {
    if (!only_partials_left_) {
        auto name = published_.next();
        if (!name || *name) return name;
        only_partials_left_ = true;
    }
    if (!partials_) return std::optional<std::string>();
    return partials_->next();
}

/// Nothing for what is gone again, cannot be used (links, pipes, devices) or was listed already.
std::optional<Entry> LocalListing::examine(const std::string& name) const {
    const auto published = published_.status(name);
    if (only_partials_left_ == published.has_value()) return std::nullopt;
    if (published && S_ISDIR(published->mode)) return entry_of(name, *published);
    if (published && !S_ISREG(published->mode)) return std::nullopt;
    if (partials_) {
        const auto partial = partials_->status(name);
        if (partial) {
            Entry entry = entry_of(name, *partial);
            entry.partial = true;
            return entry;
        }
    }
    if (!published) return std::nullopt;
    return entry_of(name, *published);
}

}  // namespace sallyport::storage
