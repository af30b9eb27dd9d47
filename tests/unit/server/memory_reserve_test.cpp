#include "server/memory_reserve.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <set>

namespace sallyport::server {
namespace {

TEST(MemoryReserve, GivesEachBlockOnceUntilItComesBack) {
    std::set<void*> taken;
    while (void* const block = take_reserved(reserved_block_bytes)) {
        std::memset(block, 0xff, reserved_block_bytes);
        ASSERT_TRUE(taken.insert(block).second);
    }
    EXPECT_EQ(taken.size(), reserved_blocks);
    void* const one = *taken.begin();
    EXPECT_TRUE(give_back_reserved(one));
    EXPECT_EQ(take_reserved(1), one);
    EXPECT_EQ(take_reserved(1), nullptr);
    for (void* const block : taken) EXPECT_TRUE(give_back_reserved(block));
}

TEST(MemoryReserve, BlocksFitEveryAlignment) {
    void* const block = take_reserved(1);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignof(std::max_align_t), 0U);
    EXPECT_TRUE(give_back_reserved(block));
}

TEST(MemoryReserve, HasNothingForWhatIsLargerThanABlock) {
    EXPECT_EQ(take_reserved(reserved_block_bytes + 1), nullptr);
}

TEST(MemoryReserve, LeavesAloneWhatIsNotItsOwn) {
    int elsewhere = 0;
    EXPECT_FALSE(give_back_reserved(&elsewhere));
    EXPECT_FALSE(give_back_reserved(nullptr));
}

}  // namespace
}  // namespace sallyport::server
