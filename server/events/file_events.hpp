#pragma once

#include "auth/guard.hpp"
#include "server/events/event.hpp"

/// The events about names that every door raises alike, from what `auth::Guard` reports.
namespace sallyport::events {

/// `policy.denied`.
void report_denial(const SessionEvents& events, const auth::Guard::Denial& denial);
/// `file.deleted`, `file.renamed`, `dir.created` or `dir.removed`.
void report_change(const SessionEvents& events, const auth::Guard::Change& change);

}  // namespace sallyport::events
