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

Async<void> wait_for_count(const Home& home) {
    const Purse& purse = home.purse();
    if (purse.account) co_await Recounts::finish(purse.ledger, purse.account);
}

Async<bool> recount(const Home& home) {
    const Purse& purse = home.purse();
    if (!purse.account) co_return false;
    co_return co_await Recounts::refresh(home.root().services()->recounts, purse.account);
}

Result<void> require_regular(const FileStatus& status) {
    if (S_ISREG(status.mode)) return {};
    return S_ISDIR(status.mode) ? Error::is_a_directory : Error::not_a_regular_file;
}

Result<std::shared_ptr<const Home>> Home::open(const std::shared_ptr<Root>& root,
                                               const VolumeRequest& request,
                                               std::shared_ptr<Account> account) {
    const auto path = parse_home(request.home);
    if (!path) return path.error();
    const auto in_place = root->check_in_place();
    if (!in_place) return in_place.error();
    const auto directory = open_or_make_home(*root, *path, request.directory_mode);
    if (!directory) return directory.error();
    auto staging = root->staging_for(*directory);
    if (!staging && staging.error() != Error::read_only) return staging.error();
    Parts parts{root, request.home, std::move(staging), stash_name(request.owner, request.home),
                std::move(account)};
    return std::make_shared<const Home>(std::move(parts), request);
}

Result<std::shared_ptr<const Home>> Home::open_mount(const std::shared_ptr<Root>& root,
                                                     const VolumeRequest& request,
                                                     const Mount& mount,
                                                     std::shared_ptr<Account> account) {
    Result<std::shared_ptr<StagingArea>> staging = Error::forbidden;
    if (mount.writable) staging = root->staging_for(root->directory());
    Parts parts{root, ".", std::move(staging), stash_name(request.owner, mount.folder.string()),
                std::move(account)};
    return std::make_shared<const Home>(std::move(parts), request);
}

Home::Home(Parts parts, const VolumeRequest& request)
    : root_(std::move(parts.root)),
      staging_(std::move(parts.staging)),
      partials_(staging_ ? *staging_ : nullptr, root_->services()->ledger, std::move(parts.stash)),
      purse_(partials_.purse(std::move(parts.account))),
      path_(std::move(parts.path)),
      file_mode_(request.file_mode & 0777U),
      directory_mode_(request.directory_mode & 0777U) {}

Result<void> Home::can_stage() const {
    if (!staging_) return staging_.error();
    return {};
}

std::string Home::place_of(const VirtualPath& path) const {
    if (path_ == ".") return root_->place_of(path.relative());
    return path.is_root() ? root_->place_of(path_) : root_->place_of(path_ + path.str());
}

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
