#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sallyport::hardening {

/// A user of this system and what belongs to it.
struct Identity {
    std::string name;
    uid_t user = 0;
    gid_t group = 0;
    std::vector<gid_t> groups;
};

/// Asks the system's user database. A sentence when it has no such user. May load plug-ins, so call
/// it before system calls are filtered.
[[nodiscard]] std::variant<Identity, std::string> find_identity(const std::string& name);

/// Becomes `identity` for good: groups, then group, then user, each real, effective and saved. Root
/// only, before there are threads. A sentence when that fails, or when a way back is left; the
/// process must then end.
[[nodiscard]] std::optional<std::string> become(const Identity& identity);

/// The name of the user that the process runs as; its number when it has none.
[[nodiscard]] std::string current_user();

}  // namespace sallyport::hardening
