#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "storage/entry.hpp"
#include "storage/local/descriptor.hpp"

namespace sallyport::storage {

/// What the system says of a file.
struct FileStatus {
    dev_t device = 0;
    std::uint64_t inode = 0;
    mode_t mode = 0;  ///< type and permission bits, as in stat(2)
    gid_t group = 0;
    std::uint64_t links = 0;
    std::uint64_t size = 0;       ///< bytes
    std::uint64_t allocated = 0;  ///< bytes of it that have a place on the disk
    FileTime modified;
    FileTime born;  ///< 1970 on file systems that do not tell
};

/// What `name` in `directory` is; a link is reported as the link.
[[nodiscard]] Result<FileStatus> status_at(const Descriptor& directory, const std::string& name);
/// As above; `directory` is an open descriptor.
[[nodiscard]] Result<FileStatus> status_at(int directory, const std::string& name);
[[nodiscard]] Result<FileStatus> status_of(const Descriptor& file);

}  // namespace sallyport::storage
