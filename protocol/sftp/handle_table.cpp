#include "protocol/sftp/handle_table.hpp"

#include "protocol/sftp/limits.hpp"

namespace sallyport::sftp {
namespace {

// Odd, so that multiplying maps each number to another one: what a client sees is neither small nor
// consecutive, and a handle made up or computed from another one misses.
constexpr std::uint64_t scatter = 0x9e37'79b9'7f4a'7c15;
constexpr std::uint64_t gather = 0xf1de'83e1'9937'733d;
static_assert(scatter * gather == 1);

std::string handle_of(std::uint64_t number) {
    std::string handle;
    const std::uint64_t scattered = number * scatter;
    for (unsigned shift = 64; shift > 0; shift -= 8) {
        handle += static_cast<char>(scattered >> (shift - 8) & 0xffU);
    }
    return handle;
}

/// Zero, which no item has, for what cannot be a handle.
std::uint64_t number_of(std::string_view handle) {
    if (handle.size() != sizeof(std::uint64_t)) return 0;
    std::uint64_t scattered = 0;
    for (const char c : handle) scattered = scattered << 8U | static_cast<unsigned char>(c);
    return scattered * gather;
}

}  // namespace

const storage::VirtualPath& path_of(const OpenItem& item) {
    if (const auto* upload = std::get_if<OpenUpload>(&item)) return upload->upload->path();
    if (const auto* download = std::get_if<OpenDownload>(&item)) return download->path;
    return std::get<OpenDirectory>(item).path;
}

bool HandleTable::full() const {
    return items_.size() >= max_handles;
}

std::string HandleTable::add(OpenItem item) {
    items_.emplace(++given_out_, std::move(item));
    return handle_of(given_out_);
}

OpenItem* HandleTable::find(std::string_view handle) {
    const auto found = items_.find(number_of(handle));
    return found == items_.end() ? nullptr : &found->second;
}

std::optional<OpenItem> HandleTable::take(std::string_view handle) {
    const auto node = items_.extract(number_of(handle));
    if (!node) return std::nullopt;
    return std::move(node.mapped());
}

OpenUpload* HandleTable::upload_to(const storage::VirtualPath& path) {
    OpenUpload* latest = nullptr;
    for (auto& [number, item] : items_) {
        auto* const open = std::get_if<OpenUpload>(&item);
        if (open != nullptr && open->upload->path() == path) latest = open;
    }
    return latest;
}

std::vector<OpenItem> HandleTable::take_all() {
    std::vector<OpenItem> all;
    all.reserve(items_.size());
    for (auto& [number, item] : items_) all.push_back(std::move(item));
    items_.clear();
    return all;
}

}  // namespace sallyport::sftp
