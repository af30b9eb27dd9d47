#pragma once

#include <ctime>
#include <string>

#include "storage/entry.hpp"
#include "storage/local/file_status.hpp"

namespace sallyport::storage {

/// What the system says of a regular file or directory, as an entry.
[[nodiscard]] Entry entry_of(std::string name, const FileStatus& status);

[[nodiscard]] timespec to_timespec(FileTime time);

}  // namespace sallyport::storage
