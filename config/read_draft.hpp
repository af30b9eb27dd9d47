#pragma once

#include <filesystem>

#include "config/draft.hpp"
#include "config/report.hpp"

namespace sallyport::config {

/// Reads `file` and what it includes, and checks the whole. Blocks; never throws for anything that
/// files or the file system do.
void read_draft(const std::filesystem::path& file, Draft& draft, Report& report);

}  // namespace sallyport::config
