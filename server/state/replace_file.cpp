#include "server/state/replace_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <span>
#include <system_error>
#include <utility>

#include "storage/local/file_bytes.hpp"

namespace sallyport::server::state {
namespace {

using storage::Descriptor;

bool sync(const Descriptor& file) {
    return ::fsync(file.get()) == 0;
}

bool write_durably(const std::filesystem::path& file, std::string_view bytes) {
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const Descriptor fresh(::open(file.c_str(), flags, 0600));
    return fresh.is_open() && storage::write_at(fresh, 0, std::as_bytes(std::span(bytes))) &&
           sync(fresh);
}

/// Opened; made for the owner alone if there is none.
Descriptor open_folder(const std::filesystem::path& folder) {
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return {};
    return Descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

}  // namespace

std::optional<std::string> replace_file(const std::filesystem::path& file, std::string_view bytes) {
    std::filesystem::path fresh = file;
    fresh += ".new";
    ::unlink(fresh.c_str());
    const Descriptor folder = open_folder(file.parent_path());
    const bool done = folder.is_open() && write_durably(fresh, bytes) &&
                      ::rename(fresh.c_str(), file.c_str()) == 0 && sync(folder);
    if (done) return std::nullopt;
    return cannot_write(file);
}

std::string cannot_write(const std::filesystem::path& file) {
    return fmt::format("cannot write {}: {}", file.native(),
                       std::generic_category().message(errno));
}

HeldFolder::HeldFolder(const std::filesystem::path& folder) {
    Descriptor opened = open_folder(folder);
    if (opened.is_open() && ::flock(opened.get(), LOCK_EX) == 0) folder_ = std::move(opened);
}

}  // namespace sallyport::server::state
