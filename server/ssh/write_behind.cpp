#include "server/ssh/write_behind.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "server/net/background.hpp"

namespace sallyport::server::ssh {
namespace {

using storage::Result;
using storage::Upload;

/// Kept alive by the write under way, too.
struct Pipeline {
    Pipeline(std::unique_ptr<Upload> to, boost::asio::any_io_executor executor)
        : upload(std::move(to)), writing(std::move(executor)) {}

    std::unique_ptr<Upload> upload;
    storage::Entry entry;              ///< of `upload` when it was last at rest
    std::vector<std::byte> collected;  ///< goes to `offset`
    std::uint64_t offset = 0;
    std::vector<std::byte> in_flight;
    std::uint64_t end = 0;  ///< of all that was written, wherever it is now
    net::Background<Result<void>> writing;
    std::optional<storage::Error> failure;
};

class WriteBehind final : public Upload {
  public:
    WriteBehind(std::unique_ptr<Upload> upload, boost::asio::any_io_executor executor)
        : pipe_(std::make_shared<Pipeline>(std::move(upload), std::move(executor))) {
        look();
    }

    const storage::VirtualPath& path() const override { return pipe_->upload->path(); }
    std::uint64_t size() const override { return pipe_->end; }
    storage::Entry entry() const override {
        auto entry = pipe_->entry;
        entry.size = pipe_->end;
        return entry;
    }

    Async<Result<void>> write(std::uint64_t offset, std::span<const std::byte> data) override {
        if (pipe_->failure) co_return *pipe_->failure;
        if (offset > pipe_->end || data.size() > UINT64_MAX - offset) {
            co_return co_await write_now(offset, data);
        }
        pipe_->end = std::max(pipe_->end, offset + data.size());
        while (!data.empty()) {
            if (offset != pipe_->offset + pipe_->collected.size() || full()) co_await submit();
            if (pipe_->failure) co_return *pipe_->failure;
            if (pipe_->collected.empty()) pipe_->offset = offset;
            const auto room = write_behind_bytes - pipe_->collected.size();
            const auto part = data.first(std::min(room, data.size()));
            pipe_->collected.insert(pipe_->collected.end(), part.begin(), part.end());
            offset += part.size();
            data = data.subspan(part.size());
        }
        if (full()) co_await submit();
        co_return outcome();
    }

    Async<Result<std::size_t>> read(std::uint64_t offset, std::span<std::byte> into) override {
        const auto settled = co_await settle();
        if (!settled) co_return settled.error();
        co_return co_await pipe_->upload->read(offset, into);
    }

    Async<Result<void>> truncate(std::uint64_t size) override {
        auto done = co_await settle();
        if (done) done = co_await pipe_->upload->truncate(size);
        look();
        co_return done;
    }

    Async<Result<void>> sync() override {
        const auto settled = co_await settle();
        if (!settled) co_return settled;
        co_return co_await pipe_->upload->sync();
    }

    Async<Result<void>> set_attributes(const storage::AttributeChange& change) override {
        auto done = co_await settle();
        if (done) done = co_await pipe_->upload->set_attributes(change);
        look();
        co_return done;
    }

    Async<Result<storage::Stored>> commit(storage::Piece last) override {
        if (!last.data.empty()) static_cast<void>(co_await write(last.offset, last.data));
        co_await join();
        if (pipe_->failure) {
            co_await pipe_->upload->abandon(Keep::nothing);
            co_return *pipe_->failure;
        }
        auto stored = co_await pipe_->upload->commit({pipe_->offset, pipe_->collected});
        look();
        co_return stored;
    }

    Async<void> abandon(Keep keep) override {
        co_await settle();
        co_await pipe_->upload->abandon(pipe_->failure ? Keep::nothing : keep);
    }

  private:
    [[nodiscard]] bool full() const { return pipe_->collected.size() >= write_behind_bytes; }
    [[nodiscard]] Result<void> outcome() const {
        return pipe_->failure ? Result<void>(*pipe_->failure) : Result<void>();
    }

    Async<Result<void>> write_now(std::uint64_t offset, std::span<const std::byte> data) {
        auto done = co_await settle();
        if (done) done = co_await pipe_->upload->write(offset, data);
        if (!done) pipe_->failure = done.error();
        look();
        co_return done;
    }

    /// Only an upload at rest may be looked at.
    void look() {
        pipe_->entry = pipe_->upload->entry();
        pipe_->end = pipe_->entry.size;
    }

    /// Waits for the write under way.
    Async<void> join() {
        const auto written = co_await pipe_->writing.wait();
        if (!written && !pipe_->failure) pipe_->failure = written.error();
    }

    /// Starts to write what is collected.
    Async<void> submit() {
        co_await join();
        if (pipe_->collected.empty() || pipe_->failure) co_return;
        std::swap(pipe_->collected, pipe_->in_flight);
        pipe_->collected.clear();
        pipe_->writing.start(pipe_->upload->write(pipe_->offset, pipe_->in_flight),
                             [keep_alive = pipe_] {});
    }

    /// Waits until storage has everything.
    Async<Result<void>> settle() {
        co_await submit();
        co_await join();
        co_return outcome();
    }

    std::shared_ptr<Pipeline> pipe_;
};

}  // namespace

std::unique_ptr<Upload> write_behind(std::unique_ptr<Upload> upload,
                                     boost::asio::any_io_executor executor) {
    return std::make_unique<WriteBehind>(std::move(upload), std::move(executor));
}

}  // namespace sallyport::server::ssh
