#include "storage/local/floor.hpp"

#include <algorithm>

namespace sallyport::storage {

Result<Floor::Hold> Floor::hold(const Descriptor& file, std::uint64_t bytes) {
    if (bytes == 0 && !is_set()) return Hold();
    const std::lock_guard lock(mutex_);
    const auto space = space_of(file);
    if (!space) return space.error();
    const std::uint64_t taken = min_free_ + held_;
    if (space->free < taken) return Error::no_space;
    const std::uint64_t room = space->free - taken;
    const std::uint64_t blocks = bytes / space->block + (bytes % space->block != 0 ? 1 : 0);
    if (blocks > room / space->block) return Error::no_space;
    held_ += blocks * space->block;
    return Hold(this, blocks * space->block);
}

Result<FileSystemSpace> Floor::space(const Descriptor& file) {
    const std::lock_guard lock(mutex_);
    auto space = space_of(file);
    if (!space) return space;
    space->free -= std::min(space->free, min_free_ + held_);
    return space;
}

void Floor::release(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    held_ -= bytes;
}

std::shared_ptr<Floor> Floors::of(dev_t device) {
    const std::lock_guard lock(mutex_);
    auto& floor = floors_[device];
    if (!floor) floor = std::make_shared<Floor>(min_free_);
    return floor;
}

}  // namespace sallyport::storage
