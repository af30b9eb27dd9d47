#include "storage/local/root.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cstring>
#include <stdexcept>

namespace sallyport::storage {
namespace {

StartFailure failure(const LocalOptions& options, std::string_view why) {
    return {"storage root " + options.root.string() + ": " + std::string(why)};
}

StartFailure system_failure(const LocalOptions& options, std::string_view what) {
    return failure(options, std::string(what) + ": " + std::strerror(errno));
}

}  // namespace

void throw_exception_from_error(const StartFailure& failure, const boost::source_location&) {
    throw std::runtime_error(failure.sentence);
}

Started<std::shared_ptr<Root>> Root::open(const LocalOptions& given) {
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
    std::shared_ptr<Root> root(new Root(std::move(options), std::move(directory), *status));
    if (!root->prepare_staging()) {
        return system_failure(root->options_, "the folder .sallyport cannot be made in it");
    }
    if (!root->lock()) return failure(root->options_, "in use by another process");
    root->staging_->recover();
    if (!root->staging_->can_rename_to_free_name()) {
        return failure(root->options_,
                       "its file system cannot store or cannot rename without replacing");
    }
    root->staging_->sweep(root->oldest_partial());
    return root;
}

Result<void> Root::prepare_staging() {
    auto area = StagingArea::open(directory_);
    if (!area) return area.error();
    staging_ = std::move(*area);
    auto file = open_at(staging_->directory(), "lock", O_RDONLY | O_CREAT, 0600);
    if (!file) return file.error();
    lock_ = std::move(*file);
    return {};
}

Result<void> Root::lock() {
    return outcome(::flock(lock_.get(), LOCK_EX | LOCK_NB));
}

Result<void> Root::check_in_place() const {
    struct stat now {};
    if (::stat(options_.root.c_str(), &now) != 0) {
        // A folder above may be closed to the user that the server became: that says nothing about
        // the root.
        if (errno == EACCES) return {};
        return Error::unavailable;
    }
    if (now.st_dev != status_.device || now.st_ino != status_.inode) return Error::unavailable;
    return {};
}

Result<std::shared_ptr<StagingArea>> Root::staging_for(const std::string& name,
                                                       const Descriptor& home) {
    const auto status = status_of(home);
    if (!status) return status.error();
    if (status->device == status_.device) return staging_;
    const std::lock_guard lock(mutex_);
    auto& area = elsewhere_[name];
    if (area && area->device() == status->device) return area;
    auto opened = StagingArea::open(home);
    if (!opened) return opened.error();
    area = std::move(*opened);
    area->recover();
    area->sweep(oldest_partial());
    return area;
}

Result<Space> Root::probe() const {
    const auto in_place = check_in_place();
    if (!in_place) return in_place.error();
    const auto file = staging_->create();
    if (!file) return file.error();
    const auto space = space_of(file->file());
    if (!space) return space.error();
    return Space{space->free, space->total};
}

Result<void> Root::sync(const Descriptor& directory) const {
    if (!options_.fsync) return {};
    return outcome(::fsync(directory.get()));
}

void Root::hand_over() {
    handed_over_ = true;
    ::flock(lock_.get(), LOCK_UN);
}

void Root::sweep() {
    if (handed_over_) return;  // the other process does it
    std::vector<std::shared_ptr<StagingArea>> areas{staging_};
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [home, area] : elsewhere_) {
            if (area) areas.push_back(area);
        }
    }
    for (const auto& area : areas) area->sweep(oldest_partial());
}

std::chrono::system_clock::time_point Root::oldest_partial() const {
    return std::chrono::system_clock::now() - options_.partial_retention;
}

}  // namespace sallyport::storage
