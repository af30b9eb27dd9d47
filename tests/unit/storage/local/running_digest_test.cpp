#include "storage/local/running_digest.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "storage/local/file_bytes.hpp"
#include "tests/unit/storage/temporary_directory.hpp"

namespace sallyport::storage {
namespace {

/// A file whose content is changed behind the digest's back: what it tells then shows which bytes
/// it has read from the file.
class RunningDigestTest : public testing::Test {
  protected:
    RunningDigestTest()
        : file_(::open((directory_.path() / "file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {}

    void put(std::uint64_t offset, std::string_view text) {
        write_at(file_, offset, std::as_bytes(std::span(text))).value();
    }
    void write(RunningDigest& digest, std::uint64_t offset, std::string_view text) {
        put(offset, text);
        digest.wrote(file_, offset, std::as_bytes(std::span(text))).value();
    }
    void cut(RunningDigest& digest, std::uint64_t size) {
        ASSERT_EQ(::ftruncate(file_.get(), static_cast<off_t>(size)), 0);
        digest.truncated(size);
    }
    static std::string sha256(std::string_view text) {
        Digest digest(DigestAlgorithm::sha256);
        digest.update(std::as_bytes(std::span(text)));
        return digest.finish();
    }

    test::TemporaryDirectory directory_;
    Descriptor file_;
};

TEST_F(RunningDigestTest, BytesInOrderAreNotReadAgain) {
    RunningDigest digest(0);
    write(digest, 0, "hello");
    write(digest, 5, "!");
    put(0, "XXXXXX");
    EXPECT_EQ(digest.finish(file_, 6).value(), sha256("hello!"));
}

TEST_F(RunningDigestTest, KeptBytesAreReadOnce) {
    put(0, "hello");
    RunningDigest digest(5);
    write(digest, 5, "!");
    put(0, "XXXXXX");
    EXPECT_EQ(digest.finish(file_, 6).value(), sha256("hello!"));
}

TEST_F(RunningDigestTest, OverwrittenBytesAreReadAgain) {
    RunningDigest digest(0);
    write(digest, 0, "hello");
    write(digest, 0, "H");
    put(4, "0");
    EXPECT_EQ(digest.finish(file_, 5).value(), sha256("Hell0"));
}

TEST_F(RunningDigestTest, AFileCutBelowWhatWasHashedIsReadAgain) {
    RunningDigest digest(0);
    write(digest, 0, "hello");
    cut(digest, 2);
    write(digest, 2, "y!");
    put(0, "H");
    EXPECT_EQ(digest.finish(file_, 4).value(), sha256("Hey!"));
}

TEST_F(RunningDigestTest, AFileCutAboveWhatWasHashedGoesOn) {
    RunningDigest digest(0);
    write(digest, 0, "hello");
    write(digest, 7, "far");
    cut(digest, 5);
    write(digest, 5, "!");
    put(0, "XXXXXX");
    EXPECT_EQ(digest.finish(file_, 6).value(), sha256("hello!"));
}

TEST_F(RunningDigestTest, KeptBytesMayBeCutOff) {
    put(0, "hello");
    RunningDigest digest(5);
    cut(digest, 2);
    write(digest, 2, "y!");
    EXPECT_EQ(digest.finish(file_, 4).value(), sha256("hey!"));
}

TEST_F(RunningDigestTest, AFileCutToNothingIsHashedAsItStreamsAgain) {
    RunningDigest digest(0);
    write(digest, 0, "hello");
    write(digest, 0, "H");
    cut(digest, 0);
    write(digest, 0, "again");
    put(0, "XXXXX");
    EXPECT_EQ(digest.finish(file_, 5).value(), sha256("again"));
}

TEST_F(RunningDigestTest, WhatFillsUpCountsAsZeros) {
    RunningDigest digest(0);
    write(digest, 0, "ab");
    cut(digest, 5);
    EXPECT_EQ(digest.finish(file_, 5).value(), sha256(std::string("ab\0\0\0", 5)));
}

}  // namespace
}  // namespace sallyport::storage
