#include "storage/local/upload_start.hpp"

#include <fcntl.h>

#include "storage/local/entry_of.hpp"
#include "storage/local/file_bytes.hpp"
#include "storage/spare_name.hpp"

namespace sallyport::storage {
namespace {

/// A mount below the home could not be renamed into; better said before the bytes come than after.
Result<void> require_same_file_system(const Home& home, const Descriptor& directory) {
    const auto status = status_of(directory);
    if (!status) return status.error();
    return status->device == home.staging().device() ? Result<void>() : Error::forbidden;
}

/// For a name that no file has: the owner's partial may.
Result<VirtualPath> choose_free_path(const Home& home, const UploadRequest& request) {
    if (!request.must_exist) return request.path;
    const auto partial = home.partials().find(request.path);
    if (!partial) return partial.error();
    return request.path;
}

/// The name that the upload will have if nobody is quicker.
Result<VirtualPath> choose_path(const Home& home, const UploadRequest& request) {
    const VirtualPath& path = request.path;
    if (path.is_root()) return Error::is_a_directory;
    const auto parent = home.open_entry(path.parent(), O_PATH | O_DIRECTORY);
    if (!parent) return parent.error();
    const auto reachable = require_same_file_system(home, *parent);
    if (!reachable) return reachable.error();
    const auto status = status_at(*parent, std::string(path.name()));
    if (!status && status.error() == Error::not_found) return choose_free_path(home, request);
    if (!status) return status.error();
    if (request.unique) return path.parent().child(unique_name(path.name()));
    const auto regular = require_regular(*status);
    if (!regular) return regular.error();
    if (request.overwrite == Overwrite::deny) return Error::exists;
    return path;
}

/// Room for what was announced, which is looked at but not kept.
Result<void> require_space(const Home& home, std::uint64_t wanted) {
    const StagingArea& area = home.staging();
    const auto room = area.floor().hold(area.active(), wanted);
    if (!room) return room.error();
    return {};
}

Result<void> require_size(const UploadRequest& request, std::uint64_t kept) {
    const bool fits = kept <= request.max_size && request.announced_size <= request.max_size - kept;
    if (fits) return {};
    return Error::too_large;
}

/// The bytes to keep of `size` that are there.
Result<std::uint64_t> kept_of(const UploadStart& start, std::uint64_t size) {
    if (start.kind == UploadStart::Kind::at_end) return size;
    if (start.offset > size) return Error::bad_offset;
    return start.offset;
}

Result<StagedFile> create_staged(const Home& home, const VirtualPath& path, Charge charge) {
    const auto destination = home.open_directory(path.parent());
    if (!destination) return destination.error();
    return home.staging().create(std::move(charge), *destination);
}

StartedUpload started(VirtualPath path, StagedFile staged, std::uint64_t kept = 0) {
    return {std::move(path),
            std::move(staged),
            kept,
            std::chrono::system_clock::now(),
            false,
            {},
            false};
}

Result<StartedUpload> start_empty(const Home& home, const UploadRequest& request,
                                  VirtualPath path) {
    const auto fits = require_size(request, 0);
    if (!fits) return fits.error();
    const auto space = require_space(home, request.announced_size);
    if (!space) return space.error();
    auto charge = Charge::begin(home.purse(), request.announced_size);
    if (!charge) return charge.error();
    auto staged = create_staged(home, path, std::move(*charge));
    if (!staged) return staged.error();
    return started(std::move(path), std::move(*staged));
}

/// The size that a claimed partial was cut to, all of it durable.
Result<std::uint64_t> cut_partial(const Home& home, const UploadRequest& request,
                                  StagedFile& staged) {
    const Descriptor& file = staged.file();
    const auto status = status_of(file);
    if (!status) return status.error();
    const auto size = status->size;
    const auto kept = kept_of(request.start, size);
    if (!kept) return kept.error();
    const auto fits = require_size(request, *kept);
    if (!fits) return fits.error();
    const auto space = require_space(home, request.announced_size);
    if (!space) return space.error();
    if (*kept != size) {
        const auto cut = outcome(::ftruncate(file.get(), static_cast<off_t>(*kept)));
        if (!cut) return cut.error();
        staged.charge().shrink(size - *kept);
    }
    const auto synced = home.root().sync(file);
    if (!synced) return synced.error();
    home.staging().note_durable(file, *kept);
    return kept;
}

Result<StartedUpload> continue_partial(const Home& home, const UploadRequest& request,
                                       StagedFile staged) {
    const auto kept = cut_partial(home, request, staged);
    if (kept) {
        auto upload = started(request.path, std::move(staged), *kept);
        upload.continues_partial = true;
        return upload;
    }
    static_cast<void>(
        home.partials().keep(std::move(staged), request.path, StagingArea::Older::prefer));
    return kept.error();
}

/// What another program writes to while it is copied has a copy of no version.
Result<void> require_unchanged(const Home::OpenFile& copied) {
    const auto now = status_of(copied.file);
    if (!now) return now.error();
    const bool unchanged =
        now->size == copied.status.size && now->modified == copied.status.modified;
    return unchanged ? Result<void>() : Error::changed;
}

Result<StartedUpload> continue_published(const Home& home, const UploadRequest& request) {
    const auto published = home.open_file(request.path);
    if (!published && published.error() != Error::not_found) return published.error();
    if (!published && request.must_exist) return published.error();
    const std::uint64_t size = published ? published->status.size : 0;
    const auto kept = kept_of(request.start, size);
    if (!kept) return kept.error();
    if (*kept == 0) return start_empty(home, request, request.path);
    const auto fits = require_size(request, *kept);
    if (!fits) return fits.error();
    const auto space = require_space(home, *kept + request.announced_size);
    if (!space) return space.error();
    auto charge = Charge::begin(home.purse(), *kept + request.announced_size);
    if (!charge) return charge.error();
    auto staged = create_staged(home, request.path, std::move(*charge));
    if (!staged) return staged.error();
    const auto paid = staged->charge().grow(*kept);
    if (!paid) return paid.error();
    const auto room = home.staging().floor().hold(staged->file(), *kept);
    if (!room) return room.error();
    const auto copied = copy_prefix(published->file, size, staged->file(), *kept);
    if (!copied) return copied.error();
    const auto unchanged = require_unchanged(*published);
    if (!unchanged) return unchanged.error();
    auto upload = started(request.path, std::move(*staged), *kept);
    if (*kept == size) upload.modified = published->status.modified;
    return upload;
}

Result<StartedUpload> stage(const Home& home, const UploadRequest& request) {
    const auto can_stage = home.can_stage();
    if (!can_stage) return can_stage.error();
    auto path = choose_path(home, request);
    if (!path) return path.error();
    const bool fresh = request.start.kind == UploadStart::Kind::fresh || request.unique;
    if (fresh) return start_empty(home, request, std::move(*path));
    auto partial = home.partials().claim(request.path, home.purse());
    if (partial) return continue_partial(home, request, std::move(*partial));
    if (partial.error() != Error::not_found) return partial.error();
    return continue_published(home, request);
}

}  // namespace

Result<StartedUpload> start_upload(const Home& home, const UploadRequest& request) {
    auto started = stage(home, request);
    if (!started) return started;
    const auto status = status_of(started->staged.file());
    if (!status) return status.error();
    started->id = entry_of({}, *status).id;
    started->has_holes = status->allocated < status->size;
    return started;
}

}  // namespace sallyport::storage
