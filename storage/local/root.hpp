#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "storage/backend.hpp"
#include "storage/local/services.hpp"

namespace sallyport::storage {

/// Why a storage root cannot be served, as a sentence for the operator.
struct StartFailure {
    std::string sentence;
};

/// Called by `value()` on a failed start: throws std::runtime_error.
[[noreturn]] void throw_exception_from_error(const StartFailure& failure,
                                             const boost::source_location& where);

template <class T>
using Started = boost::system::result<T, StartFailure>;

/// A folder that files are served from, held open: the storage root, or that of a mount.
/// Thread-safe. All calls block.
class Root {
  public:
    /// Opens the storage root, makes its staging area, which keeps other processes out, and tidies
    /// up what a crash has left there. On a read-only file system there is none.
    [[nodiscard]] static Started<std::shared_ptr<Root>> open(const LocalOptions& options,
                                                             BlockingPool& pool);
    /// Opens the folder of a mount: `unavailable` if it is not there.
    [[nodiscard]] static Result<std::shared_ptr<Root>> open_mount(
        std::shared_ptr<Services> services, const std::filesystem::path& folder);

    [[nodiscard]] const LocalOptions& options() const { return services_->options; }
    [[nodiscard]] const std::shared_ptr<Services>& services() const { return services_; }
    [[nodiscard]] const Descriptor& directory() const { return directory_; }
    /// The absolute path, without links, of what has the path `relative` in it.
    [[nodiscard]] std::string place_of(std::string_view relative) const;
    /// `unavailable` if the path no longer leads to the folder held open: moved, replaced or
    /// unmounted.
    [[nodiscard]] Result<void> check_in_place() const;
    /// The staging area on the file system of `home`, a folder in here: the root's own, or one
    /// inside `home`.
    [[nodiscard]] Result<std::shared_ptr<StagingArea>> staging_for(const Descriptor& home) const;
    /// Makes a file and removes it; the space of the file system.
    [[nodiscard]] Result<Space> probe() const;
    /// fsync of a directory, unless the options say no.
    [[nodiscard]] Result<void> sync(const Descriptor& directory) const;
    /// Removes partials past their retention time from all staging areas in use.
    void sweep();
    /// Lets another process serve the root while the last uploads of this one end.
    void hand_over();

  private:
    Root(std::shared_ptr<Services> services, std::filesystem::path path, Descriptor directory,
         const FileStatus& status);
    [[nodiscard]] std::optional<StartFailure> prepare_staging();
    /// Of a storage root: as it was at the start.
    [[nodiscard]] bool is_read_only() const { return !lock_.is_open(); }

    const std::shared_ptr<Services> services_;
    const std::filesystem::path path_;  ///< as the operator wrote it
    const std::string folder_;          ///< without links
    const Descriptor directory_;
    const FileStatus status_;
    Descriptor lock_;
    std::atomic<bool> handed_over_ = false;
};

}  // namespace sallyport::storage
