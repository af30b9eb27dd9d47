#include "storage/local/entry_of.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>

namespace sallyport::storage {
namespace {

std::string id_of(const struct stat& status) {
    std::array<char, 2 * 16 + 2> text{};
    std::snprintf(text.data(), text.size(), "%" PRIx64 "-%" PRIx64,
                  static_cast<std::uint64_t>(status.st_dev),
                  static_cast<std::uint64_t>(status.st_ino));
    return text.data();
}

}  // namespace

Entry entry_of(std::string name, const struct stat& status) {
    const bool directory = S_ISDIR(status.st_mode);
    Entry entry;
    entry.name = std::move(name);
    entry.type = directory ? EntryType::directory : EntryType::file;
    entry.size = directory ? 0 : static_cast<std::uint64_t>(status.st_size);
    entry.modified = modified_time(status);
    entry.mode = status.st_mode & 07777U;
    entry.id = id_of(status);
    return entry;
}

FileTime modified_time(const struct stat& status) {
    return FileTime(std::chrono::seconds(status.st_mtim.tv_sec) +
                    std::chrono::nanoseconds(status.st_mtim.tv_nsec));
}

timespec to_timespec(FileTime time) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(time);
    return {static_cast<time_t>(whole.time_since_epoch().count()),
            static_cast<long>((time - whole).count())};
}

}  // namespace sallyport::storage
