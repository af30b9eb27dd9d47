// Preloaded into a server under test: makes one of so many allocations of C++ code fail, Asio's
// included, as when a limit of the container or the service manager is reached. `shortage.py` says
// how many, through a file that both map. What C libraries allocate is left alone: not all of them
// live through that.

#include <dlfcn.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "plan.hpp"

namespace {

/// `shortage.py` knows the layout.
struct Plan {
    std::atomic<std::uint32_t> one_in;  ///< 0: none fails
    std::atomic<std::uint32_t> failed;
};

Plan* plan = nullptr;

[[gnu::constructor]] void map_plan() {
    plan = static_cast<Plan*>(map_plan_of("SALLYPORT_SHORTAGE_PLAN", sizeof(Plan)));
}

/// Numbers without a pattern that allocations of a loop could fall into (splitmix64).
std::uint64_t next_random() {
    static std::atomic<std::uint64_t> state{0};
    std::uint64_t mixed = state.fetch_add(0x9e3779b97f4a7c15U);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
}

bool fails() {
    const std::uint32_t one_in = plan == nullptr ? 0 : plan->one_in.load();
    if (one_in == 0 || next_random() % one_in != 0) return false;
    ++plan->failed;
    return true;
}

}  // namespace

/// Where Asio's operations and coroutines come from.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    using Function = void* (*)(std::size_t, std::size_t);
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "aligned_alloc"));
    return fails() ? nullptr : real(alignment, size);
}

void* operator new(std::size_t size) {
    for (;;) {
        void* const memory = fails() ? nullptr : std::malloc(size == 0 ? 1 : size);
        if (memory != nullptr) return memory;
        const std::new_handler handler = std::get_new_handler();
        if (handler == nullptr) throw std::bad_alloc();
        handler();
    }
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    try {
        return operator new(size);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

void* operator new[](std::size_t size) {
    return operator new(size);
}

void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept {
    return operator new(size, tag);
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

void operator delete[](void* memory) noexcept {
    std::free(memory);
}

void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}
