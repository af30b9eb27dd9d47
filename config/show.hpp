#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/load.hpp"

namespace sallyport::config {

struct Shown {
    std::string text;
    bool knows_user = true;  ///< false: there is no user of the name that was asked for
    std::vector<Problem> problems;
    std::vector<Problem> warnings;
};

/// The configuration in effect as TOML: each key with its value and, in a comment, where that comes
/// from: file and line, a preset, or the default. Keys that are not set are comments. Secrets are
/// masked. With `user` only what holds for that user, merged from their table, their policy and its
/// preset. No text when there are problems. Blocks.
[[nodiscard]] Shown show(const std::filesystem::path& file, const std::optional<std::string>& user);

}  // namespace sallyport::config
