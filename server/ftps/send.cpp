// RETR: from storage to the data connection.

#include <fmt/format.h>

#include <array>

#include "protocol/ftp/ascii.hpp"
#include "server/ftps/transfer.hpp"
#include "server/net/background.hpp"

namespace sallyport::server::ftps {
namespace {

using ftp::DataFailure;
using storage::Download;
using Buffer = std::unique_ptr<std::byte[]>;

class SendTransfer final : public Transfer {
  public:
    SendTransfer(std::unique_ptr<Download> file, ftp::Send request,
                 const events::FileEvents& events)
        : file_(std::move(file)),
          request_(std::move(request)),
          events_(events),
          position_(request_.offset) {}

    ftp::Reply opening() const override {
        const auto rest = file_->entry().size - std::min(request_.offset, file_->entry().size);
        return ftp::reply(150, fmt::format("Sending {} bytes.", rest));
    }

    Async<ftp::Reply> run(DataChannel& data) override {
        if (const auto refused = co_await data.open()) {
            co_return fail(ftp::reply_to(*refused), describe(*refused));
        }
        const auto cipher = data.cipher();
        const auto reply = co_await send(data);
        if (!reply.positive()) {
            // A file that ends early must not look whole: no close_notify.
            data.abort();
            co_return reply;
        }
        co_await data.finish();
        events_.sent(request_.path, moved(), stopwatch_.seconds(), cipher);
        co_return reply;
    }

  private:
    using Reading = net::Background<storage::Result<std::size_t>>;

    Async<ftp::Reply> send(DataChannel& data) {
        std::array<Buffer, 2> buffers;
        Reading reading(co_await boost::asio::this_coro::executor);
        co_return co_await reading.join_after(pump(data, buffers, reading));
    }

    Async<storage::Result<std::size_t>> read_into(Buffer& buffer) {
        if (!buffer) buffer = std::make_unique_for_overwrite<std::byte[]>(transfer_buffer_bytes);
        co_return co_await file_->read(position_, {buffer.get(), transfer_buffer_bytes});
    }

    /// Sends one buffer while the next one is read.
    Async<ftp::Reply> pump(DataChannel& data, std::array<Buffer, 2>& buffers, Reading& reading) {
        std::optional<DataFailure> failure;
        std::size_t turn = 0;
        auto count = co_await read_into(buffers[turn]);
        while (count && *count != 0 && !failure) {
            position_ += *count;
            const std::span<const std::byte> bytes(buffers[turn].get(), *count);
            turn ^= 1;
            const bool more = position_ < file_->entry().size;
            if (more) reading.start(read_into(buffers[turn]));
            failure = co_await write(data, bytes);
            if (!more) break;
            count = co_await reading.wait();
        }
        if (failure) co_return fail(ftp::reply_to(*failure), describe(*failure));
        if (!count) co_return fail(ftp::reply_to(count.error()), describe(count.error()));
        if (position_ < file_->entry().size) {
            // Programs beside the server may cut it.
            co_return fail(ftp::reply(451, "The file became shorter meanwhile."), "file cut");
        }
        co_return ftp::reply(226, "Transfer complete.");
    }

    Async<std::optional<DataFailure>> write(DataChannel& data, std::span<const std::byte> bytes) {
        if (request_.ascii) {
            converted_.clear();
            encoder_.convert(bytes, converted_);
            bytes = converted_;
        }
        co_return co_await data.write(bytes);
    }

    ftp::Reply fail(ftp::Reply reply, std::string_view why) {
        events_.unsent(request_.path, moved(), why);
        return reply;
    }

    [[nodiscard]] std::uint64_t moved() const { return position_ - request_.offset; }

    std::unique_ptr<Download> file_;
    ftp::Send request_;
    const events::FileEvents& events_;
    std::uint64_t position_;
    ftp::AsciiEncoder encoder_;
    std::vector<std::byte> converted_;
    events::Stopwatch stopwatch_;
};

}  // namespace

Async<Prepared> prepare_send(ftp::Send request, storage::Volume& volume,
                             const events::FileEvents& events) {
    auto file = co_await volume.download(request.path);
    if (!file) co_return ftp::reply_to(file.error());
    if (request.offset > (*file)->entry().size) co_return ftp::reply_to(storage::Error::bad_offset);
    std::unique_ptr<Transfer> transfer =
        std::make_unique<SendTransfer>(std::move(*file), std::move(request), events);
    co_return std::move(transfer);
}

}  // namespace sallyport::server::ftps
