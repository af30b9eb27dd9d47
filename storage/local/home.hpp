#pragma once

#include "storage/backend.hpp"
#include "storage/local/partials.hpp"
#include "storage/local/root.hpp"

namespace sallyport::storage {

/// One user's folder: opens what a `VirtualPath` names in it. Every path is resolved anew from the
/// root, and the root must be in its place, so that nothing goes on in a folder that was moved away
/// or on a file system that was unmounted. Immutable, thread-safe. All calls block.
class Home {
  public:
    /// Finds the folder or makes it. Fails with `invalid_name` for anything but plain components.
    [[nodiscard]] static Result<std::shared_ptr<const Home>> open(const std::shared_ptr<Root>& root,
                                                                  const VolumeRequest& request,
                                                                  std::shared_ptr<Account> account);
    /// The folder of a mount. Where nothing can be staged, nothing can be uploaded.
    [[nodiscard]] static Result<std::shared_ptr<const Home>> open_mount(
        const std::shared_ptr<Root>& root, const VolumeRequest& request, const Mount& mount,
        std::shared_ptr<Account> account);

    [[nodiscard]] const Root& root() const { return *root_; }
    [[nodiscard]] const Partials& partials() const { return partials_; }
    /// Why nothing can be uploaded, if so.
    [[nodiscard]] Result<void> can_stage() const;
    /// Only where `can_stage`.
    [[nodiscard]] StagingArea& staging() const { return **staging_; }
    /// Who pays for uploads.
    [[nodiscard]] const Purse& purse() const { return purse_; }
    /// Where `path` is on this machine, for meters.
    [[nodiscard]] std::string place_of(const VirtualPath& path) const;
    [[nodiscard]] std::uint32_t file_mode() const { return file_mode_; }
    [[nodiscard]] std::uint32_t directory_mode() const { return directory_mode_; }

    /// Opens `path` with open(2) `flags`; a link as last component opens only with O_PATH.
    [[nodiscard]] Result<Descriptor> open_entry(const VirtualPath& path, int flags) const;
    [[nodiscard]] Result<Descriptor> open_directory(const VirtualPath& path) const;
    /// What `path` is: a link as last component is reported as the link.
    [[nodiscard]] Result<FileStatus> status(const VirtualPath& path) const;

    struct OpenFile {
        Descriptor file;
        FileStatus status;
    };
    /// Opens a regular file with exactly one name for reading: a second name could lead out of the
    /// home.
    [[nodiscard]] Result<OpenFile> open_file(const VirtualPath& path) const;

    /// A folder of a root, and what is staged for it.
    struct Parts {
        std::shared_ptr<Root> root;
        std::string path;  ///< relative to the root
        Result<std::shared_ptr<StagingArea>> staging;
        std::string stash;  ///< as `stash_name`
        std::shared_ptr<Account> account;
    };
    Home(Parts parts, const VolumeRequest& request);

  private:
    std::shared_ptr<Root> root_;
    Result<std::shared_ptr<StagingArea>> staging_;
    Partials partials_;
    Purse purse_;
    std::string path_;
    std::uint32_t file_mode_;
    std::uint32_t directory_mode_;
};

/// Waits until what the quota of `home` is about has been counted, once. `home` must live as long.
[[nodiscard]] Async<void> wait_for_count(const Home& home);
/// Counts it again: false if nothing can have changed since the last time. `home` must live as
/// long.
[[nodiscard]] Async<bool> recount(const Home& home);

/// The reason why `status` is no regular file; nothing if it is one.
[[nodiscard]] Result<void> require_regular(const FileStatus& status);

}  // namespace sallyport::storage
