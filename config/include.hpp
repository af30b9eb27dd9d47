#pragma once

#include <filesystem>
#include <vector>

#include "config/draft.hpp"
#include "config/report.hpp"

namespace sallyport::config {

/// Most files that one configuration may include. Stops a mistaken pattern from reading a whole
/// disk.
inline constexpr std::size_t max_included_files = 10'000;

/// The files that `include` names, sorted. Patterns begin at `folder`; one without wildcards must
/// exist, one with wildcards may match nothing. Reports mistakes. Blocks.
[[nodiscard]] std::vector<std::filesystem::path> expand_include(const Include& include,
                                                                const std::filesystem::path& folder,
                                                                Report& report);

}  // namespace sallyport::config
