#pragma once

#include <string>

#include "config/draft.hpp"
#include "config/report.hpp"

namespace sallyport::config {

/// Reports what is missing from the whole configuration and what does not fit together. `file`: the
/// main file, to which belongs what has no place of its own. Looks at the files that the draft
/// names; blocks.
void validate(const Draft& draft, const std::string& file, Report& report);

}  // namespace sallyport::config
