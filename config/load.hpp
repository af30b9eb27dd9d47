#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace sallyport::config {

/// One mistake in a configuration file.
struct Problem {
    std::string file;
    std::uint32_t line = 0;  ///< 1-based; 0 when the problem belongs to the whole file
    std::uint32_t column = 0;
    std::string text;  ///< "what is wrong; what is allowed (did you mean "...")"

    /// "file:line:column: error: text", without line and column when they are 0. `kind`: "error" or
    /// "warning".
    [[nodiscard]] std::string str(std::string_view kind = "error") const;
};

/// Either a configuration and no problems, or all the problems, not only the first.
struct Loaded {
    std::shared_ptr<const Config> config;
    std::vector<Problem> problems;
    std::vector<Problem> warnings;  ///< worth saying, not worth refusing
};

/// Largest configuration file read, in bytes. Stops a mistaken path to a huge file.
inline constexpr std::uintmax_t max_file_bytes = 4 * 1024 * 1024;

/// Reads, checks and freezes. Relative paths in the file are relative to the file. Blocks; never
/// throws for anything that the file or the file system does.
[[nodiscard]] Loaded load(const std::filesystem::path& file);

}  // namespace sallyport::config
