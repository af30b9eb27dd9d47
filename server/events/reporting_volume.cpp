#include "server/events/reporting_volume.hpp"

namespace sallyport::events {

using storage::Result;
using storage::VirtualPath;

ReportingVolume::ReportingVolume(std::shared_ptr<storage::Volume> volume, FileEvents events,
                                 CipherName cipher)
    : volume_(std::move(volume)), events_(std::move(events)), cipher_(std::move(cipher)) {}

Async<Result<storage::Entry>> ReportingVolume::stat(const VirtualPath& path) {
    return volume_->stat(path);
}

Async<Result<std::unique_ptr<storage::Listing>>> ReportingVolume::list(
    const VirtualPath& directory) {
    return volume_->list(directory);
}

Async<Result<void>> ReportingVolume::make_directory(const VirtualPath& path) {
    auto made = co_await volume_->make_directory(path);
    if (made) events_.directory_made(path);
    co_return made;
}

Async<Result<void>> ReportingVolume::remove_directory(const VirtualPath& path) {
    auto removed = co_await volume_->remove_directory(path);
    if (removed) events_.directory_removed(path);
    co_return removed;
}

Async<Result<void>> ReportingVolume::remove(const VirtualPath& path) {
    auto removed = co_await volume_->remove(path);
    if (removed) events_.removed(path);
    co_return removed;
}

Async<Result<void>> ReportingVolume::rename(const VirtualPath& from, const VirtualPath& to,
                                            storage::Overwrite overwrite) {
    auto renamed = co_await volume_->rename(from, to, overwrite);
    if (!renamed) co_return renamed;
    events_.renamed(from, to);
    if (events_.policy().is_transient(from)) co_await report_arrival(to);
    co_return renamed;
}

Async<void> ReportingVolume::report_arrival(const VirtualPath& path) {
    const auto entry = co_await volume_->stat(path);
    if (!entry || entry->type != storage::EntryType::file || entry->partial) co_return;
    const auto sha256 = co_await volume_->digest(path, storage::DigestAlgorithm::sha256);
    events_.received({.path = path,
                      .size = entry->size,
                      .sha256 = sha256 ? *sha256 : std::string(),
                      .cipher = cipher_()});
}

Async<Result<void>> ReportingVolume::set_attributes(const VirtualPath& path,
                                                    const storage::AttributeChange& change) {
    return volume_->set_attributes(path, change);
}

Async<Result<std::unique_ptr<storage::Download>>> ReportingVolume::download(
    const VirtualPath& path) {
    return volume_->download(path);
}

Async<Result<std::unique_ptr<storage::Upload>>> ReportingVolume::upload(
    const storage::UploadRequest& request) {
    return volume_->upload(request);
}

Async<Result<std::string>> ReportingVolume::digest(const VirtualPath& path,
                                                   storage::DigestAlgorithm algorithm,
                                                   std::uint64_t first, std::uint64_t last) {
    return volume_->digest(path, algorithm, first, last);
}

Async<Result<storage::Space>> ReportingVolume::space() {
    return volume_->space();
}

}  // namespace sallyport::events
