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
                                                                  const VolumeRequest& request);

    [[nodiscard]] const Root& root() const { return *root_; }
    [[nodiscard]] const Partials& partials() const { return partials_; }
    [[nodiscard]] StagingArea& staging() const { return *staging_; }
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

    Home(std::shared_ptr<Root> root, std::shared_ptr<StagingArea> staging,
         const VolumeRequest& request);

  private:
    std::shared_ptr<Root> root_;
    std::shared_ptr<StagingArea> staging_;
    Partials partials_;
    std::string path_;
    std::uint32_t file_mode_;
    std::uint32_t directory_mode_;
};

/// The reason why `status` is no regular file; nothing if it is one.
[[nodiscard]] Result<void> require_regular(const FileStatus& status);

}  // namespace sallyport::storage
