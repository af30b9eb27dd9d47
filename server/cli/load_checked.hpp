#pragma once

#include <filesystem>

#include "config/load.hpp"

namespace sallyport::cli {

/// `config::load`, then a look into the certificate and key files that it names. What every command
/// that uses a configuration starts from, so that `check`, start and reload agree on what is a
/// mistake.
[[nodiscard]] config::Loaded load_checked(const std::filesystem::path& file);

}  // namespace sallyport::cli
