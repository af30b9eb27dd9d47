#pragma once

#include "config/draft.hpp"
#include "config/report.hpp"

namespace sallyport::config {

/// Reports rules that contradict each other, policies that permit nothing or that nobody has, and
/// users whom the rules about logins shut out for good.
void validate_policies(const Draft& draft, Report& report);

}  // namespace sallyport::config
