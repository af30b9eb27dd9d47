#pragma once

#include <optional>
#include <string>

namespace sallyport::hardening {

/// Takes all capabilities out of the bounding set, so that none can come back by executing a
/// program. Needs CAP_SETPCAP and does nothing without it. Call it before `become`, which gives
/// that capability up.
void shrink_bounding_set();

/// Gives up every capability of the calling thread, and looks whether any is left. A sentence then.
[[nodiscard]] std::optional<std::string> drop_capabilities();

/// Privileges that neither a set-user-ID program nor a core file shall give away: no new
/// privileges, no core files, no debugging by other processes of the user. A sentence on failure.
[[nodiscard]] std::optional<std::string> forbid_new_privileges();

/// Keeps memory, which may hold passwords and keys, out of core files and from other processes.
void forbid_core_files();

}  // namespace sallyport::hardening
