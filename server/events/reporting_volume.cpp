#include "server/events/reporting_volume.hpp"

namespace sallyport::events {

using storage::Result;
using storage::VirtualPath;

ReportingVolume::ReportingVolume(std::shared_ptr<storage::Volume> volume, FileEvents events,
                                 CipherName cipher, Digests digests)
    : ForwardingVolume(std::move(volume)),
      events_(std::move(events)),
      cipher_(std::move(cipher)),
      digests_(digests) {}

Async<Result<void>> ReportingVolume::make_directory(const VirtualPath& path) {
    auto made = co_await inner().make_directory(path);
    if (made) events_.directory_made(path);
    co_return made;
}

Async<Result<void>> ReportingVolume::remove_directory(const VirtualPath& path) {
    auto removed = co_await inner().remove_directory(path);
    if (removed) events_.directory_removed(path);
    co_return removed;
}

Async<Result<void>> ReportingVolume::remove(const VirtualPath& path) {
    auto removed = co_await inner().remove(path);
    if (removed) events_.removed(path);
    co_return removed;
}

Async<Result<void>> ReportingVolume::rename(const VirtualPath& from, const VirtualPath& to,
                                            storage::Overwrite overwrite) {
    auto renamed = co_await inner().rename(from, to, overwrite);
    if (!renamed) co_return renamed;
    events_.renamed(from, to);
    if (events_.policy().is_transient(from)) co_await report_arrival(to);
    co_return renamed;
}

Async<void> ReportingVolume::report_arrival(const VirtualPath& path) {
    const auto entry = co_await inner().stat(path);
    if (!entry || entry->type != storage::EntryType::file || entry->partial) co_return;
    Received file{.path = path, .size = entry->size, .sha256 = {}, .cipher = cipher_()};
    if (digests_ == Digests::told) {
        const auto sha256 = co_await inner().digest(path, storage::DigestAlgorithm::sha256);
        if (sha256) file.sha256 = *sha256;
    }
    events_.received(file);
}

}  // namespace sallyport::events
