#pragma once

#include "config/draft.hpp"
#include "config/report.hpp"

namespace sallyport::config {

/// Warns about mounts whose folders are not there: users see such a mount as missing, and
/// everybody else is served all the same.
void validate_mounts(const Draft& draft, Report& report);

}  // namespace sallyport::config
