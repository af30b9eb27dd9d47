#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "config/values.hpp"

namespace sallyport::config {

/// Who else may have access to a file that holds a secret.
enum class Access {
    anybody,      ///< no secret in it
    owner_group,  ///< nothing for others
    owner,        ///< nothing for group and others
};

/// Reads a regular file of at most `max_bytes`. A pipe or device is refused without waiting for it.
/// Blocks.
[[nodiscard]] Parsed<std::string> read_file(const std::filesystem::path& path,
                                            std::uintmax_t max_bytes, Access access);

}  // namespace sallyport::config
