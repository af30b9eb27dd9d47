#include "server/ssh/read_ahead.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "server/net/background.hpp"

namespace sallyport::server::ssh {
namespace {

using storage::Download;
using storage::Result;

/// A piece of the file.
struct Block {
    std::vector<std::byte> bytes;
    std::uint64_t offset = 0;
    std::size_t size = 0;

    [[nodiscard]] std::uint64_t end() const { return offset + size; }
    [[nodiscard]] bool holds(std::uint64_t at) const { return at >= offset && at < end(); }
};

/// Kept alive by the read under way, too.
struct Pipeline {
    Pipeline(std::unique_ptr<Download> from, boost::asio::any_io_executor executor)
        : download(std::move(from)), reading(std::move(executor)) {}

    std::unique_ptr<Download> download;
    Block current;
    Block next;  ///< being read when `reading` runs
    bool has_next = false;
    net::Background<Result<std::size_t>> reading;
};

class ReadAhead final : public Download {
  public:
    ReadAhead(std::unique_ptr<Download> download, boost::asio::any_io_executor executor)
        : pipe_(std::make_shared<Pipeline>(std::move(download), std::move(executor))) {}

    const storage::Entry& entry() const override { return pipe_->download->entry(); }

    Async<Result<std::size_t>> read(std::uint64_t offset, std::span<std::byte> into) override {
        std::size_t filled = 0;
        while (filled < into.size()) {
            const auto at = offset + filled;
            if (at >= entry().size) break;
            const auto rest = into.subspan(filled);
            const auto count = in_order(at) ? co_await read_block(at, rest)
                                            : co_await pipe_->download->read(at, rest);
            if (!count) co_return count;
            if (*count == 0) break;
            filled += *count;
        }
        expected_ = offset + filled;
        co_return filled;
    }

  private:
    [[nodiscard]] bool in_order(std::uint64_t at) const {
        return pipe_->current.holds(at) || at == pipe_->current.end() || at == expected_;
    }

    /// Some bytes at `at`, which may be fewer than asked for; 0 at the end.
    Async<Result<std::size_t>> read_block(std::uint64_t at, std::span<std::byte> into) {
        if (!pipe_->current.holds(at)) {
            const auto loaded = co_await load(at);
            if (!loaded) co_return loaded.error();
        }
        const auto& block = pipe_->current;
        if (!block.holds(at)) co_return std::size_t{0};
        const auto skip = static_cast<std::size_t>(at - block.offset);
        const auto count = std::min(into.size(), block.size - skip);
        std::memcpy(into.data(), block.bytes.data() + skip, count);
        co_return count;
    }

    /// Makes the block at `at` the current one, and begins to read the one after it.
    Async<Result<void>> load(std::uint64_t at) {
        if (pipe_->has_next) {
            const auto count = co_await pipe_->reading.wait();
            pipe_->has_next = false;
            if (!count) co_return count.error();
            pipe_->next.size = *count;
            std::swap(pipe_->current, pipe_->next);
        }
        if (!pipe_->current.holds(at)) {
            prepare(pipe_->current, at);
            const auto count = co_await pipe_->download->read(at, pipe_->current.bytes);
            if (!count) co_return count.error();
            pipe_->current.size = *count;
        }
        start_next(pipe_->current.end());
        co_return Result<void>();
    }

    void start_next(std::uint64_t at) {
        if (at >= entry().size || pipe_->current.size == 0) return;
        prepare(pipe_->next, at);
        pipe_->has_next = true;
        pipe_->reading.start(pipe_->download->read(at, pipe_->next.bytes), [keep_alive = pipe_] {});
    }

    void prepare(Block& block, std::uint64_t at) const {
        block.offset = at;
        block.size = 0;
        block.bytes.resize(
            static_cast<std::size_t>(std::min<std::uint64_t>(read_ahead_bytes, entry().size - at)));
    }

    std::shared_ptr<Pipeline> pipe_;
    std::uint64_t expected_ = 0;  ///< where a client that reads in order goes on
};

}  // namespace

std::unique_ptr<Download> read_ahead(std::unique_ptr<Download> download,
                                     boost::asio::any_io_executor executor) {
    return std::make_unique<ReadAhead>(std::move(download), std::move(executor));
}

}  // namespace sallyport::server::ssh
