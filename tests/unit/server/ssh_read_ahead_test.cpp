#include <gtest/gtest.h>

#include "server/ssh/read_ahead.hpp"
#include "storage/memory/memory_backend.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::server::ssh {
namespace {

using storage::Download;

/// Bytes whose place in the file can be told from them.
std::string numbered(std::size_t size) {
    std::string text;
    for (std::size_t at = 0; text.size() < size; ++at) text += std::to_string(at) + ",";
    text.resize(size);
    return text;
}

class ReadAheadTest : public testing::Test {
  protected:
    /// What each read of a file of `size` bytes yields, in turn.
    struct Piece {
        std::uint64_t offset;
        std::size_t size;
    };
    std::vector<std::string> read(std::size_t size, std::vector<Piece> pieces) {
        content_ = numbered(size);
        files_.store(test::to("/a"), content_).value();
        return test::run(drive(files_.volume(), std::move(pieces)));
    }

    std::string content_;

  private:
    static Async<std::vector<std::string>> drive(storage::Volume& volume,
                                                 std::vector<Piece> pieces) {
        const auto path = test::path("/a");
        auto inner = co_await volume.download(path);
        auto download = read_ahead(std::move(*inner), co_await boost::asio::this_coro::executor);
        std::vector<std::string> texts;
        for (const auto& piece : pieces) {
            std::string text(piece.size, '\0');
            const auto count =
                co_await download->read(piece.offset, std::as_writable_bytes(std::span(text)));
            text.resize(*count);
            texts.push_back(text);
        }
        co_return texts;
    }

    storage::MemoryBackend backend_;
    test::Files files_ = test::open_files(backend_, "alice", "acme");
};

TEST_F(ReadAheadTest, FileReadInOrderIsWhole) {
    constexpr std::size_t size = 3 * read_ahead_bytes + 17;
    constexpr std::size_t piece = 30'000;
    std::vector<Piece> pieces;
    for (std::uint64_t at = 0; at < size; at += piece) pieces.push_back({at, piece});
    std::string whole;
    for (const auto& text : read(size, pieces)) whole += text;
    EXPECT_EQ(whole, content_);
}

TEST_F(ReadAheadTest, ReadAcrossBlocksIsFilled) {
    const auto texts = read(3 * read_ahead_bytes, {{1, 2 * read_ahead_bytes + 5}});
    EXPECT_EQ(texts[0], content_.substr(1, 2 * read_ahead_bytes + 5));
}

TEST_F(ReadAheadTest, ReadsElsewhereAreRightWhileABlockIsUnderWay) {
    const auto texts =
        read(4 * read_ahead_bytes,
             {{0, 10}, {3 * read_ahead_bytes, 10}, {10, 10}, {read_ahead_bytes, 10}});
    EXPECT_EQ(texts[0], content_.substr(0, 10));
    EXPECT_EQ(texts[1], content_.substr(3 * read_ahead_bytes, 10));
    EXPECT_EQ(texts[2], content_.substr(10, 10));
    EXPECT_EQ(texts[3], content_.substr(read_ahead_bytes, 10));
}

TEST_F(ReadAheadTest, ReadAtOrPastTheEndYieldsNothing) {
    const auto texts = read(100, {{0, 200}, {100, 1}, {std::uint64_t{1} << 62, 1}});
    EXPECT_EQ(texts[0], content_);
    EXPECT_EQ(texts[1], "");
    EXPECT_EQ(texts[2], "");
}

TEST_F(ReadAheadTest, DownloadMayGoWhileABlockIsUnderWay) {
    const auto texts = read(4 * read_ahead_bytes, {{0, 1}});
    EXPECT_EQ(texts[0], content_.substr(0, 1));
}

}  // namespace
}  // namespace sallyport::server::ssh
