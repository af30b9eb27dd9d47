#include "storage/local/entry_of.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>

namespace sallyport::storage {
namespace {

/// File systems give the inode of a removed file to the next one, so it takes the time of birth to
/// tell the two apart.
std::string id_of(const FileStatus& status) {
    std::array<char, 3 * 16 + 3> text{};
    std::snprintf(text.data(), text.size(), "%" PRIx64 "-%" PRIx64 "-%" PRIx64,
                  static_cast<std::uint64_t>(status.device), status.inode,
                  static_cast<std::uint64_t>(status.born.time_since_epoch().count()));
    return text.data();
}

}  // namespace

Entry entry_of(std::string name, const FileStatus& status) {
    const bool directory = S_ISDIR(status.mode);
    Entry entry;
    entry.name = std::move(name);
    entry.type = directory ? EntryType::directory : EntryType::file;
    entry.size = directory ? 0 : status.size;
    entry.modified = status.modified;
    entry.mode = status.mode & 07777U;
    entry.id = id_of(status);
    return entry;
}

timespec to_timespec(FileTime time) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(time);
    return {static_cast<time_t>(whole.time_since_epoch().count()),
            static_cast<long>((time - whole).count())};
}

}  // namespace sallyport::storage
