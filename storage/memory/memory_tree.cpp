#include "storage/memory/memory_tree.hpp"

#include <algorithm>

#include "storage/spare_name.hpp"

namespace sallyport::storage {
namespace {

void back_up(MemoryNode& directory, const std::string& name) {
    std::uint64_t highest = 0;
    for (const auto& [other, node] : directory.children) {
        highest = std::max(highest, backup_number(name, other));
    }
    auto old = directory.children.extract(name);
    old.key() = backup_name(name, highest + 1);
    directory.children.insert(std::move(old));
}

}  // namespace

FileTime file_time_now() {
    return std::chrono::time_point_cast<FileTime::duration>(std::chrono::system_clock::now());
}

std::size_t MemoryBytes::read(std::uint64_t offset, std::span<std::byte> into) const {
    const auto rest = view().subspan(std::min<std::uint64_t>(offset, size()));
    const auto wanted = rest.first(std::min(rest.size(), into.size()));
    std::copy(wanted.begin(), wanted.end(), into.begin());
    return wanted.size();
}

Result<void> MemoryBytes::write(std::uint64_t offset, std::span<const std::byte> data) {
    if (offset > usage_->capacity || data.size() > usage_->capacity - offset)
        return Error::no_space;
    const std::uint64_t end = offset + data.size();
    if (end > size()) {
        const auto grown = truncate(end);
        if (!grown) return grown;
    }
    std::copy(data.begin(), data.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
    return {};
}

Result<void> MemoryBytes::truncate(std::uint64_t size) {
    if (size > usage_->capacity) return Error::no_space;
    const std::uint64_t before = bytes_.size();
    if (size > before && (usage_->used += size - before) > usage_->capacity) {
        usage_->used -= size - before;
        return Error::no_space;
    }
    bytes_.resize(size);
    if (size < before) usage_->used -= before - size;
    return {};
}

Entry entry_of(std::string_view name, const MemoryNode& node) {
    Entry entry;
    entry.name = name;
    entry.type = node.type;
    entry.size = node.is_directory() ? 0 : node.bytes->size();
    entry.modified = node.modified;
    entry.mode = node.mode;
    entry.id = node.id;
    return entry;
}

MemoryTree::MemoryTree(const MemoryOptions& options)
    : digest(options.digest),
      capacity(options.capacity),
      usage(std::make_shared<MemoryUsage>(options.capacity -
                                          std::min(options.capacity, options.min_free))),
      root(make_node(EntryType::directory, 0755)) {}

Result<MemoryNodePointer> MemoryTree::find(MemoryNodePointer from, std::string_view path) const {
    while (!path.empty()) {
        if (!from->is_directory()) return Error::not_a_directory;
        const std::size_t end = std::min(path.find('/'), path.size());
        const auto child = from->children.find(path.substr(0, end));
        if (child == from->children.end()) return Error::not_found;
        // The map that holds the pointer may go with the old `from`.
        from = MemoryNodePointer(child->second);
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return from;
}

MemoryNodePointer MemoryTree::make_node(EntryType type, std::uint32_t mode) {
    auto node = std::make_shared<MemoryNode>();
    node->type = type;
    node->mode = mode & 0777U;
    node->modified = file_time_now();
    node->id = "memory-" + std::to_string(++last_id);
    if (type == EntryType::file) node->bytes = std::make_shared<MemoryBytes>(usage);
    return node;
}

Usage usage_below(const MemoryNode& directory) {
    Usage total;
    for (const auto& [name, node] : directory.children) {
        total += node->is_directory() ? usage_below(*node) : Usage{node->bytes->size(), 1};
    }
    return total;
}

std::string partials_key(std::string_view owner, std::string_view place) {
    return std::string(owner).append(1, '\0').append(place);
}

Result<MemoryNodePointer> place(MemoryNode& directory, const std::string& name,
                                MemoryNodePointer node, Overwrite overwrite) {
    const auto old = directory.children.find(name);
    const bool taken = old != directory.children.end();
    if (taken && overwrite == Overwrite::deny) return Error::exists;
    if (taken && old->second->is_directory()) return Error::is_a_directory;
    MemoryNodePointer replaced;
    if (taken && overwrite == Overwrite::replace) replaced = old->second;
    if (taken && overwrite == Overwrite::keep) back_up(directory, name);
    directory.children[name] = std::move(node);
    return replaced;
}

}  // namespace sallyport::storage
