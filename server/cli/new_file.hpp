#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string_view>

namespace sallyport::cli {

/// Makes `file` with `mode` (less the umask) and these bytes. Never replaces or follows what is
/// there already; a file that could not be written whole is removed. Throws std::runtime_error with
/// one sentence.
void write_new_file(const std::filesystem::path& file, std::string_view bytes, mode_t mode);

/// As `write_new_file`, but takes the place of what is there, at once.
void replace_file(const std::filesystem::path& file, std::string_view bytes, mode_t mode);

}  // namespace sallyport::cli
