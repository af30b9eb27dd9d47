// STOR, APPE, STOU: from the data connection into staged storage, then published as a whole.

#include <fmt/format.h>

#include <array>

#include "protocol/ftp/ascii.hpp"
#include "server/ftps/transfer.hpp"
#include "server/net/background.hpp"

namespace sallyport::server::ftps {
namespace {

using ftp::DataFailure;
using storage::Upload;
using Buffer = std::unique_ptr<std::byte[]>;

class ReceiveTransfer final : public Transfer {
  public:
    ReceiveTransfer(std::unique_ptr<Upload> upload, bool ascii, const events::FileEvents& events)
        : upload_(std::move(upload)),
          ascii_(ascii),
          events_(events),
          start_(upload_->size()),
          position_(start_) {}

    ftp::Reply opening() const override {
        // "FILE: " is how STOU tells the name it chose (RFC 1123 section 4.1.2.9).
        return ftp::reply(150, fmt::format("FILE: {}", upload_->path().str()));
    }

    Async<ftp::Reply> run(DataChannel& data) override {
        const auto refused = co_await data.open();
        if (refused)
            co_return co_await give_up(ftp::reply_to(*refused), describe(*refused),
                                       Upload::Keep::partial);
        const auto cipher = data.cipher();
        std::array<Buffer, 2> buffers;
        const auto failed = co_await receive(data, buffers);
        if (storage_error_) {
            data.abort();
            co_return co_await give_up(ftp::reply_to(*storage_error_), describe(*storage_error_),
                                       Upload::Keep::nothing);
        }
        if (failed)
            co_return co_await give_up(ftp::reply_to(*failed), describe(*failed),
                                       Upload::Keep::partial);
        // The client waits for our close_notify, not for the disk: say it before the slow part.
        co_await data.finish();
        co_return co_await publish(cipher);
    }

  private:
    using Writing = net::Background<storage::Result<void>>;

    Async<std::optional<DataFailure>> receive(DataChannel& data, std::array<Buffer, 2>& buffers) {
        Writing writing(co_await boost::asio::this_coro::executor);
        co_return co_await writing.join_after(pump(data, buffers, writing));
    }

    /// Reads one buffer while the one before it is written. The last one is left to `publish`. Ends
    /// with the reason of failure, if any.
    Async<std::optional<DataFailure>> pump(DataChannel& data, std::array<Buffer, 2>& buffers,
                                           Writing& writing) {
        std::optional<DataFailure> failure;
        for (std::size_t turn = 0;; turn ^= 1) {
            if (!buffers[turn])
                buffers[turn] = std::make_unique_for_overwrite<std::byte[]>(transfer_buffer_bytes);
            const auto filled = co_await data.fill({buffers[turn].get(), transfer_buffer_bytes});
            const auto written = co_await writing.wait();
            if (!written) storage_error_ = written.error();
            if (filled.end && *filled.end != tls::Error::closed)
                failure = data.failure(*filled.end);
            if (storage_error_) break;
            const std::span bytes(buffers[turn].get(), filled.count);
            if (filled.end && !failure) {
                last_ = next_piece(bytes, true);
                break;
            }
            writing.start(store(bytes));
            if (failure) break;
        }
        const auto written = co_await writing.wait();
        if (!written) storage_error_ = written.error();
        co_return failure;
    }

    Async<storage::Result<void>> store(std::span<const std::byte> bytes) {
        const auto piece = next_piece(bytes, false);
        if (piece.data.empty()) co_return storage::Result<void>();
        co_return co_await upload_->write(piece.offset, piece.data);
    }

    /// What follows in the file; valid until the next one.
    storage::Piece next_piece(std::span<const std::byte> bytes, bool last) {
        if (ascii_) {
            converted_.clear();
            decoder_.convert(bytes, converted_);
            if (last) decoder_.finish(converted_);
            bytes = converted_;
        }
        return {std::exchange(position_, position_ + bytes.size()), bytes};
    }

    Async<ftp::Reply> publish(std::string cipher) {
        auto stored = co_await upload_->commit(last_);
        if (!stored) {
            co_return co_await give_up(ftp::reply_to(stored.error()), describe(stored.error()),
                                       Upload::Keep::nothing);
        }
        const auto bytes = stored->size - std::min(start_, stored->size);
        events_.received({.path = stored->path,
                          .size = stored->size,
                          .sha256 = stored->sha256,
                          .cipher = std::move(cipher),
                          .bytes_now = bytes,
                          .seconds = stopwatch_.seconds(),
                          .resumed = start_ != 0});
        auto text = fmt::format("Stored {} bytes", stored->size);
        if (!stored->sha256.empty()) text += ", sha256 " + stored->sha256;
        co_return ftp::reply(226, text + ".");
    }

    Async<ftp::Reply> give_up(ftp::Reply reply, std::string_view why, Upload::Keep keep) {
        events_.abandoned(upload_->path(), upload_->size(), why);
        co_await upload_->abandon(keep);
        co_return reply;
    }

    std::unique_ptr<Upload> upload_;
    bool ascii_;
    const events::FileEvents& events_;
    std::uint64_t start_;     ///< where a resumed upload went on
    std::uint64_t position_;  ///< where the next bytes go
    storage::Piece last_;
    std::optional<storage::Error> storage_error_;
    ftp::AsciiDecoder decoder_;
    std::vector<std::byte> converted_;
    events::Stopwatch stopwatch_;
};

}  // namespace

Async<Prepared> prepare_receive(ftp::Receive request, storage::Volume& volume,
                                const events::FileEvents& events) {
    auto upload = co_await volume.upload(request.request);
    if (!upload) co_return ftp::reply_to(upload.error());
    std::unique_ptr<Transfer> transfer =
        std::make_unique<ReceiveTransfer>(std::move(*upload), request.ascii, events);
    co_return std::move(transfer);
}

}  // namespace sallyport::server::ftps
