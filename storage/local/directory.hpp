#pragma once

#include <cstdint>
#include <string>

#include "storage/error.hpp"
#include "storage/local/descriptor.hpp"
#include "storage/local/file_status.hpp"

namespace sallyport::storage {

/// Opens `path`, relative to `directory`, with open(2) `flags`. The kernel itself refuses to leave
/// `directory` and to follow any link: `forbidden`. Never makes a file, never blocks on a pipe.
[[nodiscard]] Result<Descriptor> open_beneath(const Descriptor& directory, const std::string& path,
                                              int flags);

/// Opens or, with O_CREAT, makes `name`, one component, in `directory`. Never follows a link.
[[nodiscard]] Result<Descriptor> open_at(const Descriptor& directory, const std::string& name,
                                         int flags, mode_t mode = 0);

/// Makes the directory `name` in `directory` with exactly the permission bits of `mode`, whatever
/// the umask is; a set-group-id bit inherited from `directory` stays.
[[nodiscard]] Result<void> make_directory_at(const Descriptor& directory, const std::string& name,
                                             std::uint32_t mode);

/// As above, then opens it; an existing directory is opened as it is.
[[nodiscard]] Result<Descriptor> ensure_directory_at(const Descriptor& directory,
                                                     const std::string& name, std::uint32_t mode);

/// renameat2 with RENAME_NOREPLACE: `exists` if `to` is taken.
[[nodiscard]] Result<void> rename_to_free_name(const Descriptor& from_directory,
                                               const std::string& from,
                                               const Descriptor& to_directory,
                                               const std::string& to);

/// Lets two things change names, atomically. False if the file system cannot do that.
[[nodiscard]] Result<bool> exchange_names(const Descriptor& first_directory,
                                          const std::string& first,
                                          const Descriptor& second_directory,
                                          const std::string& second);

/// Bytes that unprivileged users can still store on the file system of `file`, and its size.
struct FileSystemSpace {
    std::uint64_t free = 0;
    std::uint64_t total = 0;
    std::uint64_t block = 1;  ///< bytes that it gives out at once
};
[[nodiscard]] Result<FileSystemSpace> space_of(const Descriptor& file);

}  // namespace sallyport::storage
