#pragma once

#include "config/draft.hpp"
#include "config/report.hpp"

namespace sallyport::config {

/// Users who share a quota must agree on it. `whole` is where mistakes are that have no place of
/// their own.
void validate_quotas(const Draft& draft, const Position& whole, Report& report);

}  // namespace sallyport::config
