#include "storage/local/local_volume.hpp"

#include "storage/local/local_download.hpp"
#include "storage/local/local_listing.hpp"
#include "storage/local/local_upload.hpp"

namespace sallyport::storage {

Async<Result<Entry>> LocalVolume::stat(const VirtualPath& path) {
    co_return co_await pool_.run([&] { return tree_.stat(path); });
}

Async<Result<std::unique_ptr<Listing>>> LocalVolume::list(const VirtualPath& directory) {
    co_return co_await pool_.run([&] { return LocalListing::open(*home_, pool_, directory); });
}

Async<Result<void>> LocalVolume::make_directory(const VirtualPath& path) {
    co_return co_await pool_.run([&] { return tree_.make_directory(path); });
}

Async<Result<void>> LocalVolume::remove_directory(const VirtualPath& path) {
    co_return co_await pool_.run([&] { return tree_.remove_directory(path); });
}

Async<Result<void>> LocalVolume::remove(const VirtualPath& path) {
    const auto passage = co_await Passage::through(home_->purse().ledger, home_->place_of(path));
    co_return co_await pool_.run([&] { return tree_.remove(path, passage); });
}

Async<Result<void>> LocalVolume::rename(const VirtualPath& from, const VirtualPath& to,
                                        Overwrite overwrite) {
    const auto passage = co_await Passage::through(home_->purse().ledger, home_->place_of(from),
                                                   home_->place_of(to));
    co_return co_await pool_.run([&] { return tree_.rename(from, to, overwrite, passage); });
}

Async<Result<void>> LocalVolume::set_attributes(const VirtualPath& path,
                                                const AttributeChange& change) {
    co_return co_await pool_.run([&] { return tree_.set_attributes(path, change); });
}

Async<Result<std::unique_ptr<Download>>> LocalVolume::download(const VirtualPath& path) {
    co_return co_await pool_.run([&] { return LocalDownload::open(*home_, pool_, path); });
}

Async<Result<std::unique_ptr<Upload>>> LocalVolume::upload(const UploadRequest& request) {
    co_await wait_for_count(*home_);
    auto upload = co_await start(request);
    if (upload || upload.error() != Error::quota_exceeded) co_return upload;
    const bool counted_again = co_await recount(*home_);
    if (!counted_again) co_return upload;
    co_return co_await start(request);
}

Async<Result<std::unique_ptr<Upload>>> LocalVolume::start(const UploadRequest& request) {
    co_return co_await pool_.run([&] { return LocalUpload::start(home_, pool_, request); });
}

Async<Result<std::string>> LocalVolume::digest(const VirtualPath& path, DigestAlgorithm algorithm,
                                               std::uint64_t first, std::uint64_t last) {
    co_return co_await pool_.run([&] { return tree_.digest(path, algorithm, first, last); });
}

Async<Result<Space>> LocalVolume::space(const VirtualPath&) {
    co_await wait_for_count(*home_);
    co_return co_await pool_.run([&] { return tree_.space(); });
}

}  // namespace sallyport::storage
