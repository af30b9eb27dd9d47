#pragma once

#include "config/draft.hpp"
#include "config/report.hpp"

namespace sallyport::config {

/// Reports what does not fit together in `[auth]` and `[auth.http]`, and a file of authorities that
/// cannot be used. `whole`: where what has no place of its own is reported. Blocks.
void validate_auth(const Draft& draft, const Position& whole, Report& report);

}  // namespace sallyport::config
