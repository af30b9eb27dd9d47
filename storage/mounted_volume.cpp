#include "storage/mounted_volume.hpp"

#include "storage/mounted_files.hpp"
#include "storage/spare_name.hpp"

namespace sallyport::storage {

Async<Result<Entry>> MountedVolume::stat(const VirtualPath& path) {
    if (mounts_->is_fixed(path)) co_return co_await stat_fixed(mounts_, path);
    const auto route = mounts_->route(path);
    if (route.volume() == nullptr) co_return Error::unavailable;
    co_return co_await route.volume()->stat(route.inside);
}

Async<Result<std::unique_ptr<Listing>>> MountedVolume::list(const VirtualPath& directory) {
    const auto route = mounts_->route(directory);
    if (route.volume() == nullptr) co_return Error::unavailable;
    auto listing = co_await route.volume()->list(route.inside);
    auto fixed = mounts_->fixed_names(directory);
    if (fixed.empty()) co_return listing;
    const bool nothing_else = !listing && (listing.error() == Error::not_found ||
                                           listing.error() == Error::not_a_directory);
    if (!listing && !nothing_else) co_return listing;
    co_return list_with_fixed(listing ? std::move(*listing) : nullptr, mounts_, directory,
                              std::move(fixed));
}

Async<Result<void>> MountedVolume::make_directory(const VirtualPath& path) {
    if (mounts_->is_fixed(path)) co_return Error::exists;
    const auto route = mounts_->route(path);
    if (route.volume() == nullptr) co_return Error::unavailable;
    co_return co_await route.volume()->make_directory(route.inside);
}

Async<Result<void>> MountedVolume::remove_directory(const VirtualPath& path) {
    if (mounts_->is_fixed(path)) co_return Error::forbidden;
    const auto route = mounts_->route(path);
    if (route.volume() == nullptr) co_return Error::unavailable;
    co_return co_await route.volume()->remove_directory(route.inside);
}

Async<Result<void>> MountedVolume::remove(const VirtualPath& path) {
    if (mounts_->is_fixed(path)) co_return Error::is_a_directory;
    const auto route = mounts_->route(path);
    if (route.volume() == nullptr) co_return Error::unavailable;
    co_return co_await route.volume()->remove(route.inside);
}

Async<Result<void>> MountedVolume::rename(const VirtualPath& from, const VirtualPath& to,
                                          Overwrite overwrite) {
    if (mounts_->is_fixed(from)) co_return Error::forbidden;
    if (mounts_->is_fixed(to)) co_return Error::exists;
    const auto source = mounts_->route(from);
    const auto target = mounts_->route(to);
    if (source.volume() == nullptr || target.volume() == nullptr) co_return Error::unavailable;
    if (source.mount != target.mount) co_return Error::crosses_folders;
    co_return co_await source.volume()->rename(source.inside, target.inside, overwrite);
}

Async<Result<void>> MountedVolume::set_attributes(const VirtualPath& path,
                                                  const AttributeChange& change) {
    if (mounts_->is_fixed(path)) co_return Error::forbidden;
    const auto route = mounts_->route(path);
    if (route.volume() == nullptr) co_return Error::unavailable;
    co_return co_await route.volume()->set_attributes(route.inside, change);
}

Async<Result<std::unique_ptr<Download>>> MountedVolume::download(const VirtualPath& path) {
    if (mounts_->is_fixed(path)) co_return Error::is_a_directory;
    const auto route = mounts_->route(path);
    if (route.volume() == nullptr) co_return Error::unavailable;
    co_return co_await route.volume()->download(route.inside);
}

Async<Result<std::unique_ptr<Upload>>> MountedVolume::upload(const UploadRequest& request) {
    if (mounts_->is_fixed(request.path)) co_return Error::is_a_directory;
    const auto route = mounts_->route(request.path);
    if (route.volume() == nullptr) co_return Error::unavailable;
    // The name that is chosen must be one that the user can say, too.
    if (request.unique && !request.path.parent().child(unique_name(request.path.name()))) {
        co_return Error::invalid_name;
    }
    UploadRequest inner = request;
    inner.path = route.inside;
    auto upload = co_await route.volume()->upload(inner);
    if (!upload || route.mount->at.is_root()) co_return upload;
    co_return upload_in_mount(std::move(*upload), route);
}

Async<Result<std::string>> MountedVolume::digest(const VirtualPath& path, DigestAlgorithm algorithm,
                                                 std::uint64_t first, std::uint64_t last) {
    if (mounts_->is_fixed(path)) co_return Error::is_a_directory;
    const auto route = mounts_->route(path);
    if (route.volume() == nullptr) co_return Error::unavailable;
    co_return co_await route.volume()->digest(route.inside, algorithm, first, last);
}

Async<Result<Space>> MountedVolume::space(const VirtualPath& path) {
    const auto route = mounts_->route(path);
    if (route.volume() == nullptr) co_return Error::unavailable;
    co_return co_await route.volume()->space(route.inside);
}

}  // namespace sallyport::storage
