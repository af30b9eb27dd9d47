#pragma once

#include <optional>
#include <string>

#include "storage/local/file_status.hpp"

namespace sallyport::storage {

/// Writes a file's SHA-256, as lower-case hex, beside it (an extended attribute) with the size and
/// time of change that it holds for. A file system that has no such attributes is no error.
void remember_digest(const Descriptor& file, const FileStatus& status, const std::string& sha256);

/// The remembered digest, if `status` shows that the file is still the same.
[[nodiscard]] std::optional<std::string> recall_digest(const Descriptor& file,
                                                       const FileStatus& status);

}  // namespace sallyport::storage
