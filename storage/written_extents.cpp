#include "storage/written_extents.hpp"

#include <algorithm>
#include <iterator>

namespace sallyport::storage {

void WrittenExtents::wrote(std::uint64_t offset, std::uint64_t length) {
    if (length == 0) return;
    const std::uint64_t end = offset + length;
    auto extent = std::prev(extents_.upper_bound(offset));
    if (extent->second < offset) {
        extent = extents_.emplace(offset, end).first;
    } else {
        extent->second = std::max(extent->second, end);
    }
    auto next = std::next(extent);
    while (next != extents_.end() && next->first <= extent->second) {
        extent->second = std::max(extent->second, next->second);
        next = extents_.erase(next);
    }
    if (extents_.size() > max_written_extents) extents_.erase(std::prev(extents_.end()));
}

void WrittenExtents::truncated(std::uint64_t size) {
    // The first extent stays, even when nothing is left of it.
    extents_.erase(extents_.lower_bound(std::max<std::uint64_t>(size, 1)), extents_.end());
    std::uint64_t& end = std::prev(extents_.end())->second;
    end = std::min(end, size);
}

}  // namespace sallyport::storage
