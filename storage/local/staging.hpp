#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "storage/local/descriptor.hpp"
#include "storage/local/directory.hpp"

namespace sallyport::storage {

class StagingArea;

/// A file in the staging area under a random name. Removed on destruction unless it was moved
/// elsewhere.
class StagedFile {
  public:
    StagedFile() = default;
    StagedFile(std::shared_ptr<StagingArea> area, std::string name, Descriptor file)
        : area_(std::move(area)), name_(std::move(name)), file_(std::move(file)) {}
    StagedFile(StagedFile&&) noexcept = default;
    StagedFile& operator=(StagedFile&&) = delete;
    ~StagedFile();

    [[nodiscard]] const Descriptor& file() const { return file_; }
    [[nodiscard]] Descriptor& file() { return file_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const Descriptor& directory() const;
    /// Says that the name is gone from the staging area.
    void moved_away() { area_.reset(); }

  private:
    std::shared_ptr<StagingArea> area_;
    std::string name_;
    Descriptor file_;
};

/// The folder `.sallyport` of one file system: `active/` holds the files being received,
/// `partials/` the interrupted ones, two levels deep (owner, directory). Thread-safe. All calls
/// block.
class StagingArea : public std::enable_shared_from_this<StagingArea> {
  public:
    /// Opens the area inside `parent`, making it if need be.
    [[nodiscard]] static Result<std::shared_ptr<StagingArea>> open(const Descriptor& parent);

    /// A new, empty file.
    [[nodiscard]] Result<StagedFile> create();
    /// Takes the partial `place`, a path below `partials/`, away from everybody else. Its size does
    /// not matter.
    [[nodiscard]] Result<StagedFile> claim(const std::string& place);

    enum class Older { replace, prefer };
    /// Stores a file as the partial `directory`/`name` of `owner`; an older partial of that name is
    /// replaced, or preferred and then `staged` is discarded.
    [[nodiscard]] Result<void> keep(StagedFile staged, const std::string& owner,
                                    const std::string& directory, const std::string& name,
                                    Older older);

    /// Removes what a crash has left in `active/`. Only before the first upload.
    void clear_active();
    /// Removes partials last written before `oldest`, and folders that became empty.
    void sweep(std::chrono::system_clock::time_point oldest);

    /// False if the file system cannot rename without replacing, which everything here relies on.
    [[nodiscard]] bool can_rename_to_free_name();

    /// `.sallyport` itself; `active/`; `partials/`.
    [[nodiscard]] const Descriptor& directory() const { return directory_; }
    [[nodiscard]] const Descriptor& active() const { return active_; }
    [[nodiscard]] const Descriptor& partials() const { return partials_; }
    /// The file system that holds it all.
    [[nodiscard]] dev_t device() const { return device_; }

  private:
    StagingArea(Descriptor directory, Descriptor active, Descriptor partials, dev_t device)
        : directory_(std::move(directory)),
          active_(std::move(active)),
          partials_(std::move(partials)),
          device_(device) {}
    void sweep_owner(const std::string& owner, std::chrono::system_clock::time_point oldest);
    void sweep_directory(const std::string& place, std::chrono::system_clock::time_point oldest);

    Descriptor directory_;
    Descriptor active_;
    Descriptor partials_;
    const dev_t device_;
    /// Held where a partial is looked at and then removed, or its folders are made and then used.
    std::mutex keeping_;
};

}  // namespace sallyport::storage
