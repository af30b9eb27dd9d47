#include "server/memory.hpp"

#include <gtest/gtest.h>

#include <new>
#include <thread>

namespace sallyport::server {
namespace {

/// What `operator new` does when there is nothing left, before it tries once more.
void run_out_of_memory() {
    std::get_new_handler()();
}

TEST(Memory, ThreadThatEverybodyDependsOnWaitsForItAndOthersAreTold) {
    const std::new_handler before = std::get_new_handler();
    std::thread([] {
        wait_for_memory_on_this_thread();
        EXPECT_NO_THROW(run_out_of_memory());
    }).join();
    EXPECT_THROW(run_out_of_memory(), std::bad_alloc);
    std::set_new_handler(before);
}

}  // namespace
}  // namespace sallyport::server
