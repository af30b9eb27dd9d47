#include "storage/written_extents.hpp"

#include <gtest/gtest.h>

namespace sallyport::storage {
namespace {

TEST(WrittenExtents, BeginWithWhatTheFileHas) {
    EXPECT_EQ(WrittenExtents().resumable(), 0U);
    EXPECT_EQ(WrittenExtents(7).resumable(), 7U);
    EXPECT_FALSE(WrittenExtents(7).keeps_written());
}

TEST(WrittenExtents, TheLastByteWrittenIsHeldBack) {
    WrittenExtents written(3);
    written.wrote(3, 1);
    EXPECT_EQ(written.resumable(), 3U);
    EXPECT_FALSE(written.keeps_written());
    written.wrote(4, 1);
    EXPECT_EQ(written.resumable(), 4U);
    EXPECT_TRUE(written.keeps_written());
}

TEST(WrittenExtents, GrowWithWritesThatTouchOrOverlap) {
    WrittenExtents written(3);
    written.wrote(3, 2);
    EXPECT_EQ(written.resumable(), 4U);
    written.wrote(4, 4);
    EXPECT_EQ(written.resumable(), 7U);
    written.wrote(1, 2);
    EXPECT_EQ(written.resumable(), 7U);
}

TEST(WrittenExtents, AFilledGapJoinsAllThatCameBefore) {
    WrittenExtents written;
    written.wrote(20, 10);
    written.wrote(10, 5);
    written.wrote(40, 5);
    EXPECT_EQ(written.resumable(), 0U);
    EXPECT_TRUE(written.skips_after_start());
    written.wrote(0, 10);
    EXPECT_EQ(written.resumable(), 14U);
    EXPECT_FALSE(written.skips_after_start());
    written.wrote(12, 28);
    EXPECT_EQ(written.resumable(), 44U);
}

TEST(WrittenExtents, WhatWasThereEndsWhereItIsWrittenOver) {
    WrittenExtents written(10);
    EXPECT_TRUE(written.is_before_end_of_start(9));
    EXPECT_FALSE(written.is_before_end_of_start(10));
    written.wrote(2, 4);
    EXPECT_EQ(written.resumable(), 5U);
    EXPECT_TRUE(written.keeps_written());
}

TEST(WrittenExtents, NoBytesFillNoGap) {
    WrittenExtents written;
    written.wrote(5, 0);
    written.wrote(0, 5);
    EXPECT_EQ(written.resumable(), 4U);
    written.wrote(6, 1);
    EXPECT_EQ(written.resumable(), 4U);
}

TEST(WrittenExtents, WhatWasCutOffIsForgotten) {
    WrittenExtents written(10);
    written.wrote(20, 10);
    written.truncated(25);
    written.wrote(10, 10);
    EXPECT_EQ(written.resumable(), 24U);
    written.truncated(4);
    EXPECT_EQ(written.resumable(), 4U);
    EXPECT_FALSE(written.is_before_end_of_start(4));
    written.wrote(5, 1);
    EXPECT_EQ(written.resumable(), 4U);
    EXPECT_FALSE(written.skips_after_start());
    written.truncated(0);
    EXPECT_EQ(written.resumable(), 0U);
    written.wrote(0, 2);
    EXPECT_EQ(written.resumable(), 1U);
}

TEST(WrittenExtents, FillingUpWritesNothing) {
    WrittenExtents written(3);
    written.truncated(10);
    EXPECT_EQ(written.resumable(), 3U);
    written.wrote(3, 7);
    EXPECT_EQ(written.resumable(), 9U);
}

TEST(WrittenExtents, EndAtTheLargestOffset) {
    WrittenExtents written;
    written.wrote(1, UINT64_MAX - 1);
    written.wrote(0, 1);
    EXPECT_EQ(written.resumable(), UINT64_MAX - 1);
}

TEST(WrittenExtents, BeyondTheLimitTheLastIsForgotten) {
    WrittenExtents written;
    for (std::uint64_t i = 0; i <= max_written_extents; ++i) written.wrote(2 * i, 1);
    for (std::uint64_t i = 0; i <= max_written_extents; ++i) written.wrote(2 * i + 1, 1);
    EXPECT_EQ(written.resumable(), 2 * max_written_extents - 1);
}

}  // namespace
}  // namespace sallyport::storage
