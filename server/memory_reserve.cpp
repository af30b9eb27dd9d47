#include "server/memory_reserve.hpp"

#include <functional>
#include <mutex>
#include <new>
#include <utility>

namespace sallyport::server {
namespace {

struct Block {
    alignas(64) std::byte bytes[reserved_block_bytes];
};

/// One that came back; it lies in the block itself.
struct Returned {
    Returned* next;
};

// Costs nothing until it is used: no page of it is touched before.
Block storage[reserved_blocks];
constinit std::mutex mutex;  // guards all below
std::size_t untouched = 0;   ///< blocks from here on were never taken
Returned* returned = nullptr;

bool is_reserved(const void* memory) {
    const std::less<> before;
    return !before(memory, storage) && before(memory, storage + reserved_blocks);
}

}  // namespace

void* take_reserved(std::size_t size) noexcept {
    if (size > reserved_block_bytes) return nullptr;
    const std::lock_guard lock(mutex);
    if (returned != nullptr) return std::exchange(returned, returned->next);
    return untouched < reserved_blocks ? &storage[untouched++] : nullptr;
}

bool give_back_reserved(void* memory) noexcept {
    if (!is_reserved(memory)) return false;
    const std::lock_guard lock(mutex);
    returned = new (memory) Returned{returned};
    return true;
}

}  // namespace sallyport::server
