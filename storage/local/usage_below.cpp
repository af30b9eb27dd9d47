#include "storage/local/usage_below.hpp"

#include <sys/stat.h>

#include <string>
#include <vector>

#include "storage/local/directory_reader.hpp"
#include "storage/virtual_path.hpp"

namespace sallyport::storage {
namespace {

/// Adds the files of one directory, and its folders to `folders`.
void count_one(DirectoryReader& reader, const std::string& path, Usage& total,
               std::vector<std::string>& folders) {
    for (auto name = reader.next(); name && *name; name = reader.next()) {
        if (**name == reserved_name) continue;
        const auto status = reader.status(**name);
        if (!status) continue;
        if (S_ISDIR(status->mode)) folders.push_back(path + "/" + **name);
        if (S_ISREG(status->mode)) total += {status->size, 1};
    }
}

}  // namespace

Result<Usage> usage_below(const Descriptor& folder) {
    Usage total;
    std::vector<std::string> folders{"."};
    bool first = true;
    while (!folders.empty()) {
        const std::string path = std::move(folders.back());
        folders.pop_back();
        auto reader = read_directory(folder, path);
        if (!reader && first) return reader.error();
        first = false;
        if (reader) count_one(*reader, path, total, folders);
    }
    return total;
}

}  // namespace sallyport::storage
