#include "storage/local/root.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <cstring>
#include <stdexcept>

#include "storage/virtual_path.hpp"

namespace sallyport::storage {
namespace {

StartFailure failure(const LocalOptions& options, std::string_view why) {
    return {"storage root " + options.root.string() + ": " + std::string(why)};
}

StartFailure system_failure(const LocalOptions& options, std::string_view what) {
    return failure(options, std::string(what) + ": " + std::strerror(errno));
}

std::string without_links(const std::filesystem::path& path) {
    std::error_code ignored;
    auto resolved = std::filesystem::weakly_canonical(path, ignored).string();
    return resolved.empty() ? path.string() : resolved;
}

constexpr std::uint32_t private_directory = 0700;
constexpr mode_t private_file = 0600;
constexpr std::string_view no_staging = "the folder .sallyport cannot be made in it";

/// XFS that has shut itself down, because its log cannot be written, say, goes on to sync
/// directories without an error, though nothing of them comes to the disk. It does not read
/// attributes any more.
Result<void> check_alive(const Descriptor& synced) {
    const bool dead = ::fgetxattr(synced.get(), "user.sallyport", nullptr, 0) < 0 && errno == EIO;
    return dead ? Result<void>(Error::io) : Result<void>();
}

}  // namespace

void throw_exception_from_error(const StartFailure& failure, const boost::source_location&) {
    throw std::runtime_error(failure.sentence);
}

Root::Root(std::shared_ptr<Services> services, std::filesystem::path path, Descriptor directory,
           const FileStatus& status)
    : services_(std::move(services)),
      path_(std::move(path)),
      folder_(without_links(path_)),
      directory_(std::move(directory)),
      status_(status) {}

Started<std::shared_ptr<Root>> Root::open(const LocalOptions& given, BlockingPool& pool) {
    LocalOptions options = given;
    std::error_code ignored;
    options.root = std::filesystem::absolute(given.root, ignored);
    Descriptor directory(::open(options.root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.is_open()) return system_failure(options, "cannot be opened");
    const auto status = status_of(directory);
    if (!status) return system_failure(options, "cannot be examined");
    if (!open_beneath(directory, ".", O_PATH)) {
        return system_failure(options, "the kernel (5.6 or later is needed) refuses openat2");
    }
    const auto path = options.root;
    auto services = std::make_shared<Services>(std::move(options), pool);
    std::shared_ptr<Root> root(new Root(std::move(services), path, std::move(directory), *status));
    if (auto problem = root->prepare_staging()) return std::move(*problem);
    return root;
}

std::optional<StartFailure> Root::prepare_staging() {
    const auto folder =
        ensure_directory_at(directory_, std::string(reserved_name), private_directory);
    if (!folder && folder.error() == Error::read_only) return std::nullopt;
    if (!folder) return system_failure(options(), no_staging);
    auto file = open_at(*folder, "lock", O_RDONLY | O_CREAT, private_file);
    if (!file) return system_failure(options(), no_staging);
    lock_ = std::move(*file);
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
        return failure(options(), "in use by another process");
    }
    const auto area = staging_for(directory_);
    if (!area) return system_failure(options(), no_staging);
    if ((*area)->can_rename_to_free_name()) return std::nullopt;
    return failure(options(), "its file system cannot store or cannot rename without replacing");
}

Result<std::shared_ptr<Root>> Root::open_mount(std::shared_ptr<Services> services,
                                               const std::filesystem::path& folder) {
    Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.is_open()) return Error::unavailable;
    const auto status = status_of(directory);
    if (!status) return status.error();
    return std::shared_ptr<Root>(
        new Root(std::move(services), folder, std::move(directory), *status));
}

std::string Root::place_of(std::string_view relative) const {
    if (relative == ".") return folder_;
    std::string place = folder_;
    if (!place.ends_with('/')) place += '/';
    return place.append(relative);
}

Result<void> Root::check_in_place() const {
    struct stat now {};
    if (::stat(path_.c_str(), &now) != 0) {
        // A folder above may be closed to the user that the server became: that says nothing about
        // the root.
        if (errno == EACCES) return {};
        return Error::unavailable;
    }
    if (now.st_dev != status_.device || now.st_ino != status_.inode) return Error::unavailable;
    return {};
}

Result<std::shared_ptr<StagingArea>> Root::staging_for(const Descriptor& home) const {
    const auto status = status_of(home);
    if (!status) return status.error();
    return services_->areas.in(status->device == status_.device ? directory_ : home);
}

Result<Space> Root::probe() const {
    const auto in_place = check_in_place();
    if (!in_place) return in_place.error();
    const auto space = space_of(directory_);
    if (!space) return space.error();
    if (is_read_only()) return Space{0, space->total};
    const auto area = staging_for(directory_);
    if (!area) return area.error();
    const auto file = (*area)->create(Charge(), (*area)->active());
    if (!file) return file.error();
    return Space{space->free, space->total};
}

Result<void> Root::sync(const Descriptor& directory) const {
    if (!options().fsync) return {};
    const auto synced = outcome(::fsync(directory.get()));
    return synced ? check_alive(directory) : synced;
}

void Root::hand_over() {
    handed_over_ = true;
    if (lock_.is_open()) ::flock(lock_.get(), LOCK_UN);
}

void Root::sweep() {
    if (!handed_over_) services_->areas.sweep();  // else the other process does it
}

}  // namespace sallyport::storage
