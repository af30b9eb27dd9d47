#include "storage/local/attributes.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include "storage/local/entry_of.hpp"
#include "storage/local/stored_digest.hpp"

namespace sallyport::storage {
namespace {

Result<Home::OpenFile> open_file_or_directory(const Home& home, const VirtualPath& path) {
    auto file = home.open_file(path);
    if (file || file.error() != Error::is_a_directory) return file;
    auto directory = home.open_directory(path);
    if (!directory) return directory.error();
    const auto status = status_of(*directory);
    if (!status) return status.error();
    return Home::OpenFile{std::move(*directory), *status};
}

/// The remembered digest goes by the time of change, so it is stored again when only the time
/// changes.
Result<void> set_modified(const Home::OpenFile& target, FileTime modified) {
    const auto digest = recall_digest(target.file, target.status);
    const timespec times[] = {{0, UTIME_OMIT}, to_timespec(modified)};
    const auto changed = outcome(::futimens(target.file.get(), times));
    if (!changed || !digest) return changed;
    const auto status = status_of(target.file);
    if (status) remember_digest(target.file, *status, *digest);
    return {};
}

Result<void> set_mode(const Home::OpenFile& target, std::uint32_t mode) {
    // A directory passes its group on when the operator said so; a client does not undo that.
    const mode_t kept = S_ISDIR(target.status.mode)
                            ? target.status.mode & static_cast<mode_t>(S_ISGID | S_ISVTX)
                            : 0U;
    return outcome(::fchmod(target.file.get(), (mode & 0777U) | kept));
}

}  // namespace

Result<void> change_attributes(const Home& home, const VirtualPath& path,
                               const AttributeChange& change) {
    const auto target = open_file_or_directory(home, path);
    if (!target) return target.error();
    if (change.modified) {
        const auto done = set_modified(*target, *change.modified);
        if (!done) return done;
    }
    if (change.mode) return set_mode(*target, *change.mode);
    return {};
}

}  // namespace sallyport::storage
