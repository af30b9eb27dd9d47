// Where the memory of Asio's operations and coroutines comes from: Asio calls aligned_alloc and
// free, and the linker sends the program's calls of both here (--wrap).
//
// An operation that finds no memory when it starts, or when a thread hands a result to another,
// does not fail: the coroutine that waits for it is destroyed without a word, what waits for that
// one waits for ever, and where the destruction needs memory itself the process ends. So operations
// never find none: the reserve is for them alone.

#include <cstddef>

#include "server/memory.hpp"
#include "server/memory_reserve.hpp"

extern "C" {

void* __real_aligned_alloc(std::size_t alignment, std::size_t size) noexcept;
void __real_free(void* memory) noexcept;

void* __wrap_aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    using namespace sallyport::server;
    for (;;) {
        if (void* const memory = __real_aligned_alloc(alignment, size)) return memory;
        if (void* const memory = take_reserved(size)) return memory;
        // No operation is that large: it is a coroutine, whose caller is told.
        if (size > reserved_block_bytes && !waits_for_memory_on_this_thread()) return nullptr;
        pause_for_memory();
    }
}

void __wrap_free(void* memory) noexcept {
    if (!sallyport::server::give_back_reserved(memory)) __real_free(memory);
}
}
