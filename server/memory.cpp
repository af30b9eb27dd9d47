#include "server/memory.hpp"

#include <chrono>
#include <new>
#include <thread>

namespace sallyport::server {
namespace {

constexpr auto pause = std::chrono::milliseconds(10);

thread_local bool waits = false;

/// What `operator new` calls before it tries once more.
void wait_or_throw() {
    if (!waits) throw std::bad_alloc();
    pause_for_memory();
}

}  // namespace

void wait_for_memory_on_this_thread() noexcept {
    waits = true;
    std::set_new_handler(wait_or_throw);
}

bool waits_for_memory_on_this_thread() noexcept {
    return waits;
}

void pause_for_memory() noexcept {
    std::this_thread::sleep_for(pause);
}

}  // namespace sallyport::server
