#pragma once

#include <sys/stat.h>

#include <string>

#include "storage/entry.hpp"

namespace sallyport::storage {

/// What the system says of a regular file or directory, as an entry.
[[nodiscard]] Entry entry_of(std::string name, const struct stat& status);

[[nodiscard]] FileTime modified_time(const struct stat& status);
[[nodiscard]] timespec to_timespec(FileTime time);

}  // namespace sallyport::storage
