#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "storage/backend.hpp"
#include "storage/local/local_options.hpp"
#include "storage/local/staging.hpp"

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

/// The folder that everything lives under, held open and locked against other processes.
/// Thread-safe. All calls block.
class Root {
  public:
    /// Opens and locks it, makes the staging area and tidies up what a crash has left
    /// there.
    [[nodiscard]] static Started<std::shared_ptr<Root>> open(const LocalOptions& options);

    [[nodiscard]] const LocalOptions& options() const { return options_; }
    [[nodiscard]] const Descriptor& directory() const { return directory_; }
    /// `unavailable` if the path no longer leads to the folder held open: moved, replaced or
    /// unmounted.
    [[nodiscard]] Result<void> check_in_place() const;
    /// The staging area on the file system of `home`: the root's own, or one inside `home`.
    [[nodiscard]] Result<std::shared_ptr<StagingArea>> staging_for(const std::string& name,
                                                                   const Descriptor& home);
    /// Makes a file and removes it; the space of the file system.
    [[nodiscard]] Result<Space> probe() const;
    /// fsync of a directory, unless the options say no.
    [[nodiscard]] Result<void> sync(const Descriptor& directory) const;
    /// Removes partials past their retention time from all staging areas in use.
    void sweep();
    /// Lets another process serve the root while the last uploads of this one end.
    void hand_over();

  private:
    Root(LocalOptions options, Descriptor directory, const FileStatus& status)
        : options_(std::move(options)), directory_(std::move(directory)), status_(status) {}
    [[nodiscard]] Result<void> prepare_staging();
    [[nodiscard]] Result<void> lock();
    [[nodiscard]] std::chrono::system_clock::time_point oldest_partial() const;

    const LocalOptions options_;
    const Descriptor directory_;
    const FileStatus status_;
    std::shared_ptr<StagingArea> staging_;
    Descriptor lock_;
    std::atomic<bool> handed_over_ = false;
    std::mutex mutex_;  ///< guards elsewhere_
    /// Areas of homes on other file systems, by home.
    std::map<std::string, std::shared_ptr<StagingArea>> elsewhere_;
};

}  // namespace sallyport::storage
