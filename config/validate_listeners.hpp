#pragma once

#include "config/draft.hpp"
#include "config/report.hpp"

namespace sallyport::config {

/// Reports listeners that clash, lack what their protocol needs or have what it does not know, and
/// key files that cannot be used. `whole`: where what has no place of its own is reported. Looks at
/// the files that the draft names; blocks.
void validate_listeners(const Draft& draft, const Position& whole, Report& report);

/// True when a listener speaks this protocol.
[[nodiscard]] bool is_spoken(const Draft& draft, Protocol protocol);

}  // namespace sallyport::config
