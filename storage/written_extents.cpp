#include "storage/written_extents.hpp"

#include <algorithm>
#include <iterator>

namespace sallyport::storage {

void WrittenExtents::wrote(std::uint64_t offset, std::uint64_t length) {
    if (length == 0) return;
    const std::uint64_t end = offset + length;
    auto extent = extents_.upper_bound(offset);
    if (extent != extents_.begin() && std::prev(extent)->second >= offset) {
        --extent;
        extent->second = std::max(extent->second, end);
    } else {
        extent = extents_.emplace_hint(extent, offset, end);
    }
    auto next = std::next(extent);
    while (next != extents_.end() && next->first <= extent->second) {
        extent->second = std::max(extent->second, next->second);
        next = extents_.erase(next);
    }
    if (extents_.size() > max_written_extents) extents_.erase(std::prev(extents_.end()));
}

void WrittenExtents::truncated(std::uint64_t size) {
    start_ = std::min(start_, size);
    extents_.erase(extents_.lower_bound(size), extents_.end());
    if (extents_.empty()) return;
    std::uint64_t& end = std::prev(extents_.end())->second;
    end = std::min(end, size);
}

std::uint64_t WrittenExtents::resumable() const {
    return joins_start() ? extents_.begin()->second - held_back_bytes : start_;
}

bool WrittenExtents::keeps_written() const {
    return joins_start() && extents_.begin()->first < resumable();
}

bool WrittenExtents::skips_after_start() const {
    return start_ == begun_ && !extents_.empty() && !joins_start();
}

}  // namespace sallyport::storage
