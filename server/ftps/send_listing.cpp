// LIST, NLST, MLSD: a directory, batch by batch, to the data connection.

#include <boost/asio/this_coro.hpp>
#include <chrono>

#include "protocol/ftp/listing_format.hpp"
#include "server/ftps/transfer.hpp"
#include "storage/glob.hpp"

namespace sallyport::server::ftps {
namespace {

using ftp::ListFormat;
using storage::Entry;

/// Entries asked of storage at a time: memory does not grow with the directory.
constexpr std::size_t batch_size = 512;

/// The single entry of a listing that names a file.
class SingleEntry final : public storage::Listing {
  public:
    explicit SingleEntry(Entry entry) : entry_(std::move(entry)) {}

    Async<storage::Result<std::vector<Entry>>> next(std::size_t) override {
        std::vector<Entry> batch;
        if (!done_) batch.push_back(entry_);
        done_ = true;
        co_return batch;
    }

  private:
    Entry entry_;
    bool done_ = false;
};

class ListingTransfer final : public Transfer {
  public:
    ListingTransfer(std::unique_ptr<storage::Listing> listing, ftp::SendListing request)
        : listing_(std::move(listing)), request_(std::move(request)) {}

    ftp::Reply opening() const override { return ftp::reply(150, "Listing follows."); }

    Async<ftp::Reply> run(DataChannel& data) override {
        if (const auto refused = co_await data.open()) co_return ftp::reply_to(*refused);
        const storage::FileTime now = std::chrono::system_clock::now();
        for (;;) {
            auto batch = co_await listing_->next(batch_size);
            if (!batch) {
                data.abort();
                co_return ftp::reply_to(batch.error());
            }
            if (batch->empty()) break;
            const auto text = format(*batch, now);
            const auto failed = co_await data.write(std::as_bytes(std::span(text)));
            if (failed) co_return ftp::reply_to(*failed);
        }
        co_await data.finish();
        co_return ftp::reply(226, "Listing complete.");
    }

  private:
    [[nodiscard]] std::string format(const std::vector<Entry>& batch, storage::FileTime now) const {
        std::string text;
        for (const auto& entry : batch) {
            if (!request_.pattern.empty() && !storage::matches_glob(request_.pattern, entry.name))
                continue;
            text += listing_line(entry, request_.format, now, request_.name_prefix);
            text += "\r\n";
        }
        return text;
    }

    std::unique_ptr<storage::Listing> listing_;
    ftp::SendListing request_;
};

}  // namespace

Async<Prepared> prepare_listing(ftp::SendListing request, storage::Volume& volume) {
    auto listing = co_await volume.list(request.path);
    if (!listing && listing.error() == storage::Error::not_a_directory &&
        request.format != ListFormat::facts) {
        auto entry = co_await volume.stat(request.path);
        if (!entry) co_return ftp::reply_to(entry.error());
        // The client named the file itself, so its name is shown as it was asked for.
        if (request.name_prefix.ends_with('/')) request.name_prefix.pop_back();
        const auto slash = request.name_prefix.rfind('/');
        request.name_prefix.resize(slash == std::string::npos ? 0 : slash + 1);
        listing = std::make_unique<SingleEntry>(std::move(*entry));
    }
    if (!listing) {
        if (listing.error() == storage::Error::not_a_directory)
            co_return ftp::reply(501, "MLSD needs a directory.");
        co_return ftp::reply_to(listing.error());
    }
    std::unique_ptr<Transfer> transfer =
        std::make_unique<ListingTransfer>(std::move(*listing), std::move(request));
    co_return std::move(transfer);
}

}  // namespace sallyport::server::ftps
