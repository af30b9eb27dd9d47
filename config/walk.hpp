#pragma once

#include "config/draft.hpp"
#include "config/report.hpp"
#include "config/value.hpp"

namespace sallyport::config {

/// Reads one parsed document into the draft, key by key of the schema. Reports what the schema does
/// not allow and what an earlier document has defined already. Whether all that is required is
/// there, and fits together, is known only after the last document: see `validate`.
void walk(const Table& document, Draft& draft, Report& report);

}  // namespace sallyport::config
