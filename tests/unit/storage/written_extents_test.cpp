#include "storage/written_extents.hpp"

#include <gtest/gtest.h>

namespace sallyport::storage {
namespace {

TEST(WrittenExtents, BeginWithWhatTheFileHas) {
    EXPECT_EQ(WrittenExtents().before_gap(), 0U);
    EXPECT_EQ(WrittenExtents(7).before_gap(), 7U);
}

TEST(WrittenExtents, GrowWithWritesThatTouchOrOverlap) {
    WrittenExtents written(3);
    written.wrote(3, 2);
    EXPECT_EQ(written.before_gap(), 5U);
    written.wrote(4, 4);
    EXPECT_EQ(written.before_gap(), 8U);
    written.wrote(1, 2);
    EXPECT_EQ(written.before_gap(), 8U);
}

TEST(WrittenExtents, AFilledGapJoinsAllThatCameBefore) {
    WrittenExtents written;
    written.wrote(20, 10);
    written.wrote(10, 5);
    written.wrote(40, 5);
    EXPECT_EQ(written.before_gap(), 0U);
    written.wrote(0, 10);
    EXPECT_EQ(written.before_gap(), 15U);
    written.wrote(12, 28);
    EXPECT_EQ(written.before_gap(), 45U);
}

TEST(WrittenExtents, NoBytesFillNoGap) {
    WrittenExtents written;
    written.wrote(5, 0);
    written.wrote(0, 5);
    EXPECT_EQ(written.before_gap(), 5U);
    written.wrote(6, 1);
    EXPECT_EQ(written.before_gap(), 5U);
}

TEST(WrittenExtents, WhatWasCutOffIsForgotten) {
    WrittenExtents written(10);
    written.wrote(20, 10);
    written.truncated(25);
    written.wrote(10, 10);
    EXPECT_EQ(written.before_gap(), 25U);
    written.truncated(4);
    EXPECT_EQ(written.before_gap(), 4U);
    written.truncated(0);
    EXPECT_EQ(written.before_gap(), 0U);
    written.wrote(0, 2);
    EXPECT_EQ(written.before_gap(), 2U);
}

TEST(WrittenExtents, FillingUpWritesNothing) {
    WrittenExtents written(3);
    written.truncated(10);
    EXPECT_EQ(written.before_gap(), 3U);
    written.wrote(3, 7);
    EXPECT_EQ(written.before_gap(), 10U);
}

TEST(WrittenExtents, EndAtTheLargestOffset) {
    WrittenExtents written;
    written.wrote(1, UINT64_MAX - 1);
    written.wrote(0, 1);
    EXPECT_EQ(written.before_gap(), UINT64_MAX);
}

TEST(WrittenExtents, BeyondTheLimitTheLastIsForgotten) {
    WrittenExtents written(1);
    for (std::uint64_t i = 1; i <= max_written_extents; ++i) written.wrote(2 * i, 1);
    for (std::uint64_t i = 1; i <= max_written_extents; ++i) written.wrote(2 * i - 1, 1);
    EXPECT_EQ(written.before_gap(), 2 * max_written_extents);
}

}  // namespace
}  // namespace sallyport::storage
