#pragma once

#include "config/draft.hpp"
#include "config/report.hpp"

namespace sallyport::config {

/// Reports users whose credentials and `login` do not go together: combinations that name what a
/// user does not have, that no protocol can complete or that are never needed, and credentials that
/// nothing uses. `whole`: the place for what has no line of its own.
void validate_logins(const Draft& draft, const Position& whole, Report& report);

}  // namespace sallyport::config
