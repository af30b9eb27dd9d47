#include "storage/local/file_status.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace sallyport::storage {
namespace {

/// Unit of `stx_blocks`, whatever the file system's own blocks are (statx(2)).
constexpr std::uint64_t block_bytes = 512;

FileTime to_file_time(const statx_timestamp& time) {
    return FileTime(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

Result<FileStatus> examine(int directory, const char* name, int flags) {
    struct statx found {};
    if (::statx(directory, name, flags, STATX_BASIC_STATS | STATX_BTIME, &found) != 0) {
        return from_errno(errno);
    }
    FileStatus status;
    status.device = makedev(found.stx_dev_major, found.stx_dev_minor);
    status.inode = found.stx_ino;
    status.mode = found.stx_mode;
    status.group = found.stx_gid;
    status.links = found.stx_nlink;
    status.size = found.stx_size;
    status.allocated = found.stx_blocks * block_bytes;
    status.modified = to_file_time(found.stx_mtime);
    if ((found.stx_mask & STATX_BTIME) != 0) status.born = to_file_time(found.stx_btime);
    return status;
}

}  // namespace

Result<FileStatus> status_at(const Descriptor& directory, const std::string& name) {
    return status_at(directory.get(), name);
}

Result<FileStatus> status_at(int directory, const std::string& name) {
    return examine(directory, name.c_str(), AT_SYMLINK_NOFOLLOW);
}

Result<FileStatus> status_of(const Descriptor& file) {
    return examine(file.get(), "", AT_EMPTY_PATH);
}

}  // namespace sallyport::storage
