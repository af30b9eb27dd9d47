#pragma once

#include <filesystem>
#include <map>
#include <vector>

#include "config/config.hpp"

namespace sallyport::hardening {

/// What may be done with a file, or in a folder and all below it.
enum class Reach {
    read,    ///< read files, list folders
    append,  ///< write files that are there, and make new ones
    change,  ///< everything that uploads and their users need
};

struct Place {
    std::filesystem::path path;  ///< absolute, without links
    Reach reach = Reach::read;
    bool operator==(const Place&) const = default;
};

/// Everything that the server may still reach by name once it is confined; what is not listed is
/// refused. Read-only: what a reload looks at again. A file is given together with its folder, so
/// that one that takes its place can be read, unless the folder is one of the system's own, such as
/// /etc; a log file alone, too, when its folder holds something that the server must not change.
[[nodiscard]] std::vector<Place> places_of(const config::Config& config);

/// Whether the server ever makes a connection to somewhere. It does for no client: FTP's active
/// mode is refused.
[[nodiscard]] bool connects_out(const config::Config& config);

/// The folders of all users' mounts, each as it is written, and what their policies let them need.
[[nodiscard]] std::map<std::filesystem::path, Reach> mount_folders(const config::Config& config);

/// The folders of `places_of` with Reach::change, each as it is written.
[[nodiscard]] std::vector<std::filesystem::path> changed_folders(const config::Config& config);

/// `path` without links, absolute; as far as it exists.
[[nodiscard]] std::filesystem::path without_links(const std::filesystem::path& path);

/// Whether a folder is one of the system's own, such as /etc, that holds much besides.
[[nodiscard]] bool is_of_the_system(const std::filesystem::path& folder);

/// Whether `path` is `folder` or something below it. Both canonical.
[[nodiscard]] bool lies_in(const std::filesystem::path& path, const std::filesystem::path& folder);

/// The files that a reload reads, each as it is written.
[[nodiscard]] std::vector<std::filesystem::path> files_of_a_reload(const config::Config& config);

}  // namespace sallyport::hardening
