#include "storage/local/home.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include "storage/home_name.hpp"
namespace sallyport::storage {
namespace {

Result<Descriptor> make_home(const Root& root, const VirtualPath& home, std::uint32_t mode) {
    const auto parent = home.parent().is_root()
                            ? open_beneath(root.directory(), ".", O_RDONLY | O_DIRECTORY)
                            : make_home(root, home.parent(), mode);
    if (!parent) return parent.error();
    auto made = ensure_directory_at(*parent, std::string(home.name()), mode);
    if (!made) return made;
    const auto durable = root.sync(*parent);
    if (!durable) return durable.error();
    return made;
}

Result<Descriptor> open_or_make_home(const Root& root, const VirtualPath& home,
                                     std::uint32_t mode) {
    auto found =
        open_beneath(root.directory(), std::string(home.relative()), O_RDONLY | O_DIRECTORY);
    if (found || found.error() != Error::not_found) return found;
    return make_home(root, home, mode);
}

}  // namespace

Result<void> require_regular(const FileStatus& status) {
    if (S_ISREG(status.mode)) return {};
    return S_ISDIR(status.mode) ? Error::is_a_directory : Error::not_a_regular_file;
}

Result<std::shared_ptr<const Home>> Home::open(const std::shared_ptr<Root>& root,
                                               const VolumeRequest& request) {
    const auto path = parse_home(request.home);
    if (!path) return path.error();
    const auto in_place = root->check_in_place();
    if (!in_place) return in_place.error();
    const auto directory = open_or_make_home(*root, *path, request.directory_mode);
    if (!directory) return directory.error();
    auto staging = root->staging_for(request.home, *directory);
    if (!staging) return staging.error();
    return std::make_shared<const Home>(root, std::move(*staging), request);
}

Home::Home(std::shared_ptr<Root> root, std::shared_ptr<StagingArea> staging,
           const VolumeRequest& request)
    : root_(std::move(root)),
      staging_(std::move(staging)),
      partials_(staging_, request.owner, request.home),
      path_(request.home),
      file_mode_(request.file_mode & 0777U),
      directory_mode_(request.directory_mode & 0777U) {}

Result<Descriptor> Home::open_entry(const VirtualPath& path, int flags) const {
    const auto in_place = root_->check_in_place();
    if (!in_place) return in_place.error();
    if (path.is_root()) return open_beneath(root_->directory(), path_, flags);
    return open_beneath(root_->directory(), path_ + path.str(), flags);
}

Result<Descriptor> Home::open_directory(const VirtualPath& path) const {
    return open_entry(path, O_RDONLY | O_DIRECTORY);
}

Result<FileStatus> Home::status(const VirtualPath& path) const {
    const auto entry = open_entry(path, O_PATH);
    if (!entry) return entry.error();
    return status_of(*entry);
}

Result<Home::OpenFile> Home::open_file(const VirtualPath& path) const {
    auto file = open_entry(path, O_RDONLY);
    if (!file && file.error() == Error::forbidden) {
        // A link on the way is forbidden; a link at the end is no regular file.
        const auto target = status(path);
        if (target && S_ISLNK(target->mode)) return Error::not_a_regular_file;
    }
    if (!file) return file.error();
    const auto opened = status_of(*file);
    if (!opened) return opened.error();
    const auto regular = require_regular(*opened);
    if (!regular) return regular.error();
    if (opened->links > 1) return Error::not_a_regular_file;
    return OpenFile{std::move(*file), *opened};
}

}  // namespace sallyport::storage
