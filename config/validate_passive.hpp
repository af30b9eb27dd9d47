#pragma once

#include "config/draft.hpp"
#include "config/report.hpp"

namespace sallyport::config {

/// Warns of passive ports and announced addresses that data connections will fail with. `whole`:
/// the main file, where nothing better is known.
void validate_passive(const Draft& draft, const Position& whole, Report& report);

}  // namespace sallyport::config
