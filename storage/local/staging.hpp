#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "storage/local/descriptor.hpp"
#include "storage/local/directory.hpp"
#include "storage/local/floor.hpp"
#include "storage/quota/charge.hpp"

namespace sallyport::storage {

class StagingArea;

/// Where a partial is filed: below `partials/`, and below `resumed/` while it goes on.
struct PartialPlace {
    std::string owner;      ///< folder name
    std::string directory;  ///< folder name
    std::string name;

    [[nodiscard]] std::string str() const { return owner + "/" + directory + "/" + name; }
};

/// A file in the staging area. Removed on destruction unless it was moved elsewhere; then its
/// charge is given back unless it was handed over. Until then it is locked (flock), which tells
/// another process that it is in use, and which a crash ends too.
class StagedFile {
  public:
    StagedFile() = default;
    /// `name`: relative to `directory`, a folder of `area`. `lock`: a copy of `file`, locked.
    StagedFile(std::shared_ptr<StagingArea> area, const Descriptor& directory, std::string name,
               Descriptor file, Descriptor lock, Charge charge)
        : charge_(std::move(charge)),
          area_(std::move(area)),
          directory_(&directory),
          name_(std::move(name)),
          file_(std::move(file)),
          lock_(std::move(lock)) {}
    StagedFile(StagedFile&&) noexcept = default;
    StagedFile& operator=(StagedFile&&) = delete;
    ~StagedFile();

    [[nodiscard]] const Descriptor& file() const { return file_; }
    [[nodiscard]] Descriptor& file() { return file_; }
    /// What it has reserved.
    [[nodiscard]] Charge& charge() { return charge_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const Descriptor& directory() const { return *directory_; }
    /// False once it was moved elsewhere or given away.
    [[nodiscard]] bool is_staged() const { return area_ != nullptr; }
    /// Says that the name is gone from the staging area.
    void moved_away() { area_.reset(); }
    /// A crash from now on loses the file, even if it continues a partial.
    [[nodiscard]] Result<void> forget_place();

  private:
    Charge charge_;
    std::shared_ptr<StagingArea> area_;
    const Descriptor* directory_ = nullptr;
    std::string name_;
    Descriptor file_;
    Descriptor lock_;  ///< holds the lock when `file_` is closed, as it is before publishing
};

/// The folder `.sallyport` of one file system. `partials/` holds interrupted uploads, two levels
/// deep (owner, directory); `resumed/`, likewise, those that go on, so that a crash does not lose
/// them; `active/` holds all other files being received, under random names. What is in `resumed/`
/// has no gaps, and ends in what was written last. Two processes may use an area at once: one that
/// ends its last uploads, and the one that has followed it. Thread-safe. All calls block.
class StagingArea : public std::enable_shared_from_this<StagingArea> {
  public:
    /// Opens the area inside `parent`, making it if need be.
    /// `boot`: as `this_boot`.
    [[nodiscard]] static Result<std::shared_ptr<StagingArea>> open(const Descriptor& parent,
                                                                   Floors& floors,
                                                                   std::string boot);

    /// A new, empty file with the group that one made in `destination`, a directory opened for
    /// reading, would have.
    [[nodiscard]] Result<StagedFile> create(Charge charge, const Descriptor& destination);
    /// Takes the partial `place` away from everybody else; `purse` is its owner's.
    [[nodiscard]] Result<StagedFile> claim(const PartialPlace& place, const Purse& purse);

    /// Says of a file in `resumed/` that its first `size` bytes are durable. What follows is kept
    /// after a crash, but not after a power cut.
    void note_durable(const Descriptor& file, std::uint64_t size) const;

    enum class Older { replace, prefer };
    /// Stores a file as the partial `place`; an older partial there is replaced, or preferred and
    /// then `staged` is discarded.
    [[nodiscard]] Result<void> keep(StagedFile staged, const PartialPlace& place, Older older);

    /// Removes a partial: `not_found` if there is none.
    [[nodiscard]] Result<void> remove(const PartialPlace& place, const Purse& purse);
    /// Counts the partials of an owner, for the stash.
    void count(const std::string& owner, const Purse& purse);

    /// After a crash: what is in `resumed/` becomes a partial again, without its last bytes, unless
    /// a later one is there, and what is in `active/` is removed; but not what an upload, of any
    /// process, still uses.
    void recover();
    /// Removes partials last written before `oldest`, and folders that became empty. What each one
    /// was is given back to its owner's stash.
    void sweep(std::chrono::system_clock::time_point oldest, Ledger& ledger);

    /// False if the file system cannot rename without replacing, which everything here relies on.
    [[nodiscard]] bool can_rename_to_free_name();

    /// `.sallyport` itself, and its folders.
    [[nodiscard]] const Descriptor& directory() const { return directory_; }
    [[nodiscard]] const Descriptor& active() const { return active_; }
    [[nodiscard]] const Descriptor& partials() const { return partials_; }
    /// The file system that holds it all.
    [[nodiscard]] dev_t device() const { return device_; }
    /// What must stay free on it.
    [[nodiscard]] Floor& floor() const { return *floor_; }

  private:
    struct Folders {
        Descriptor directory, active, partials, resumed;
    };
    StagingArea(Folders folders, dev_t device, std::shared_ptr<Floor> floor, std::string boot)
        : directory_(std::move(folders.directory)),
          active_(std::move(folders.active)),
          partials_(std::move(folders.partials)),
          resumed_(std::move(folders.resumed)),
          device_(device),
          floor_(std::move(floor)),
          boot_(std::move(boot)) {}
    [[nodiscard]] Result<StagedFile> take(const PartialPlace& place, const Purse& purse);
    void restore(const PartialPlace& place);
    void discard(const std::string& name);
    void remove_expired(const PartialPlace& place, std::chrono::system_clock::time_point oldest,
                        Ledger& ledger);
    void remove_empty(const Descriptor& folder, const std::string& name);

    const Descriptor directory_;
    const Descriptor active_;
    const Descriptor partials_;
    const Descriptor resumed_;
    const dev_t device_;
    const std::shared_ptr<Floor> floor_;
    const std::string boot_;
    /// Held where a partial is looked at and then removed, or its folders are made and then used.
    std::mutex keeping_;
};

}  // namespace sallyport::storage
