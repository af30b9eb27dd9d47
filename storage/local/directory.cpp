#include "storage/local/directory.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include <algorithm>

namespace sallyport::storage {
namespace {

/// EAGAIN says that somebody renames directories under the walk; an attacker could make that last
/// for ever.
constexpr int max_walks = 64;

constexpr int always = O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;

}  // namespace

Result<Descriptor> open_beneath(const Descriptor& directory, const std::string& path, int flags) {
    // With O_PATH nothing is opened really, so nothing can block, and the kernel refuses other
    // flags.
    const int careful = (flags & O_PATH) != 0 ? O_CLOEXEC | O_NOFOLLOW : always;
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | careful);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    for (int walk = 1;; ++walk) {
        const long fd = ::syscall(SYS_openat2, directory.get(), path.c_str(), &how, sizeof how);
        if (fd >= 0) return Descriptor(static_cast<int>(fd));
        const bool again = errno == EAGAIN || errno == EINTR;
        if (!again || walk == max_walks) return from_errno(errno);
    }
}

Result<Descriptor> open_at(const Descriptor& directory, const std::string& name, int flags,
                           mode_t mode) {
    const int fd = ::openat(directory.get(), name.c_str(), flags | always, mode);
    if (fd < 0) return from_errno(errno);
    return Descriptor(fd);
}

Result<void> make_directory_at(const Descriptor& directory, const std::string& name,
                               std::uint32_t mode) {
    const mode_t wanted = mode & 0777U;
    if (::mkdirat(directory.get(), name.c_str(), wanted) != 0) return from_errno(errno);
    const auto made = status_at(directory, name);
    if (!made) return made.error();
    if ((made->mode & 0777U) == wanted) return {};
    const mode_t kept = made->mode & static_cast<mode_t>(S_ISGID);
    const auto opened = open_at(directory, name, O_RDONLY | O_DIRECTORY);
    if (opened) return outcome(::fchmod(opened->get(), wanted | kept));
    // A umask can take our own permission to open it. The C library changes it by a path below
    // /proc, with a system call that a confined server may not make: so this is not the first way.
    return outcome(::fchmodat(directory.get(), name.c_str(), wanted | kept, AT_SYMLINK_NOFOLLOW));
}

Result<Descriptor> ensure_directory_at(const Descriptor& directory, const std::string& name,
                                       std::uint32_t mode) {
    const auto made = make_directory_at(directory, name, mode);
    if (!made && made.error() != Error::exists) return made.error();
    return open_beneath(directory, name, O_RDONLY | O_DIRECTORY);
}

Result<void> rename_to_free_name(const Descriptor& from_directory, const std::string& from,
                                 const Descriptor& to_directory, const std::string& to) {
    return outcome(::renameat2(from_directory.get(), from.c_str(), to_directory.get(), to.c_str(),
                               RENAME_NOREPLACE));
}

Result<bool> exchange_names(const Descriptor& first_directory, const std::string& first,
                            const Descriptor& second_directory, const std::string& second) {
    if (::renameat2(first_directory.get(), first.c_str(), second_directory.get(), second.c_str(),
                    RENAME_EXCHANGE) == 0) {
        return true;
    }
    if (errno == EINVAL) return false;
    return from_errno(errno);
}

Result<FileSystemSpace> space_of(const Descriptor& file) {
    struct statvfs space {};
    if (::fstatvfs(file.get(), &space) != 0) return from_errno(errno);
    const std::uint64_t block = std::max<std::uint64_t>(1, space.f_frsize);
    return FileSystemSpace{space.f_bavail * block, space.f_blocks * block, block};
}

}  // namespace sallyport::storage
