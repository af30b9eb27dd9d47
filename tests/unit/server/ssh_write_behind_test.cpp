#include <gtest/gtest.h>

#include "server/ssh/write_behind.hpp"
#include "storage/memory/memory_backend.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::server::ssh {
namespace {

using storage::Error;
using storage::Upload;

constexpr std::size_t piece = 100'000;

class WriteBehindTest : public testing::Test {
  protected:
    explicit WriteBehindTest(std::uint64_t capacity = 1 << 30)
        : backend_(storage::MemoryOptions{capacity}),
          files_(test::open_files(backend_, "alice", "acme")) {}

    static std::string text(std::size_t size, char letter = 'x') {
        return std::string(size, letter);
    }
    static std::span<const std::byte> bytes(const std::string& text) {
        return std::as_bytes(std::span(text));
    }

    /// Runs `body` with an upload to /a that is written behind.
    template <class Body>
    void upload(Body body) {
        test::run(drive(files_.volume(), body));
    }

    storage::MemoryBackend backend_;
    test::Files files_;

  private:
    template <class Body>
    static Async<void> drive(storage::Volume& volume, Body& body) {
        auto request = test::to("/a");
        request.readable = true;
        auto inner = co_await volume.upload(request);
        auto upload = write_behind(std::move(*inner), co_await boost::asio::this_coro::executor);
        co_await body(*upload);
    }
};

class FullDiskTest : public WriteBehindTest {
  protected:
    FullDiskTest() : WriteBehindTest(write_behind_bytes) {}
};

TEST_F(WriteBehindTest, PiecesInOrderArriveWhole) {
    std::string whole;
    upload([&whole](Upload& upload) -> Async<void> {
        for (char letter = 'a'; letter < 'k'; ++letter) {
            const auto part = text(piece, letter);
            EXPECT_TRUE(co_await upload.write(whole.size(), bytes(part)));
            whole += part;
        }
        EXPECT_EQ(upload.size(), whole.size());
        EXPECT_TRUE(co_await upload.commit());
    });
    EXPECT_EQ(files_.read("/a").value(), whole);
}

TEST_F(WriteBehindTest, LaterWritesWinWhereTheyOverlap) {
    upload([](Upload& upload) -> Async<void> {
        const auto first = text(10, 'a');
        const auto second = text(4, 'b');
        EXPECT_TRUE(co_await upload.write(0, bytes(first)));
        EXPECT_TRUE(co_await upload.write(3, bytes(second)));
        EXPECT_TRUE(co_await upload.commit());
    });
    EXPECT_EQ(files_.read("/a").value(), "aaabbbbaaa");
}

TEST_F(WriteBehindTest, WhatIsCollectedCanBeReadBack) {
    upload([](Upload& upload) -> Async<void> {
        const auto word = text(5, 'w');
        EXPECT_TRUE(co_await upload.write(0, bytes(word)));
        std::array<std::byte, 8> back{};
        const auto count = co_await upload.read(0, back);
        EXPECT_EQ(count.value(), 5U);
        EXPECT_EQ(back[4], std::byte{'w'});
    });
}

TEST_F(WriteBehindTest, SizeAndEntryCountWhatIsCollected) {
    upload([](Upload& upload) -> Async<void> {
        const auto word = text(5);
        EXPECT_TRUE(co_await upload.write(0, bytes(word)));
        EXPECT_EQ(upload.size(), 5U);
        EXPECT_EQ(upload.entry().size, 5U);
        EXPECT_TRUE(co_await upload.truncate(2));
        EXPECT_EQ(upload.size(), 2U);
    });
}

TEST_F(WriteBehindTest, KeptPartialHoldsWhatWasCollected) {
    upload([](Upload& upload) -> Async<void> {
        const auto word = text(7);
        EXPECT_TRUE(co_await upload.write(0, bytes(word)));
        co_await upload.abandon(Upload::Keep::partial);
    });
    EXPECT_EQ(files_.stat("/a")->size, 7U - storage::held_back_bytes);
}

TEST_F(FullDiskTest, FailureComesWithALaterWriteAndNothingIsPublished) {
    upload([](Upload& upload) -> Async<void> {
        const auto too_much = text(write_behind_bytes + 1);
        static_cast<void>(co_await upload.write(0, bytes(too_much)));
        EXPECT_EQ((co_await upload.sync()).error(), Error::no_space);
        const auto one = text(1);
        EXPECT_EQ((co_await upload.write(0, bytes(one))).error(), Error::no_space);
        EXPECT_EQ((co_await upload.commit()).error(), Error::no_space);
    });
    EXPECT_EQ(files_.stat("/a").error(), Error::not_found);
}

TEST_F(FullDiskTest, WriteBeyondTheEndIsRefusedAtOnce) {
    upload([](Upload& upload) -> Async<void> {
        const auto one = text(1);
        EXPECT_EQ((co_await upload.write(std::uint64_t{1} << 62, bytes(one))).error(),
                  Error::no_space);
    });
}

TEST_F(WriteBehindTest, UploadMayGoWhileItIsBeingWritten) {
    upload([](Upload& upload) -> Async<void> {
        const auto block = text(write_behind_bytes);
        EXPECT_TRUE(co_await upload.write(0, bytes(block)));
    });
    EXPECT_EQ(files_.stat("/a").error(), Error::not_found);
}

}  // namespace
}  // namespace sallyport::server::ssh
