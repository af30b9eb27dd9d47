#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/local/directory_reader.hpp"
#include "storage/local/staging.hpp"
#include "storage/virtual_path.hpp"

namespace sallyport::storage {

/// The interrupted uploads of one owner in one home. Thread-safe. All calls block.
class Partials {
  public:
    /// Counts them to their stash, which is called `name` as their folder is. `area` may be null:
    /// then there are none, and none can be kept.
    Partials(std::shared_ptr<StagingArea> area, std::shared_ptr<Ledger> ledger, std::string name);

    /// The partial of `path`: `not_found` if there is none.
    [[nodiscard]] Result<FileStatus> find(const VirtualPath& path) const;
    /// Reads the names of all partials of files in `directory`; `not_found` if there never was one.
    [[nodiscard]] Result<DirectoryReader> read(const VirtualPath& directory) const;
    /// Takes it for an upload that goes on; nobody else can take it then.
    [[nodiscard]] Result<StagedFile> claim(const VirtualPath& path, const Purse& purse) const;
    /// Stores `staged` as the partial of `path`.
    [[nodiscard]] Result<void> keep(StagedFile staged, const VirtualPath& path,
                                    StagingArea::Older older = StagingArea::Older::replace) const;
    /// Removes it: `not_found` if there is none.
    [[nodiscard]] Result<void> remove(const VirtualPath& path) const;
    /// Removes the partials of all files in `directory`.
    void remove_in(const VirtualPath& directory) const;

    /// What pays for uploads under `account`, which may be null.
    [[nodiscard]] Purse purse(std::shared_ptr<Account> account) const;

  private:
    [[nodiscard]] PartialPlace place_of(const VirtualPath& path) const;

    std::shared_ptr<StagingArea> area_;
    std::string owner_;
    std::shared_ptr<Ledger> ledger_;
    std::shared_ptr<Stash> stash_;
};

/// What the partials of an owner in one home are called.
[[nodiscard]] std::string stash_name(std::string_view owner, std::string_view home);

}  // namespace sallyport::storage
