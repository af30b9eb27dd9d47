#pragma once

#include <string>
#include <vector>

namespace sallyport::hardening {

/// System calls that may be made whatever their arguments are. A call that stands in none of these
/// lists, nor among the rules for arguments (seccomp.cpp), does not exist for the process: ENOSYS.
/// Names as libseccomp knows them; those that a machine does not have are passed over.
[[nodiscard]] std::vector<std::string> allowed_calls();

/// Those that making connections to somewhere takes besides.
[[nodiscard]] std::vector<std::string> calls_to_connect();

/// Calls that are refused with EPERM: a library may try one, or a client may ask for what it does.
[[nodiscard]] std::vector<std::string> refused_calls();

/// Calls that nothing in this program ever makes. One of them means that somebody else's code runs,
/// so it ends the process.
[[nodiscard]] std::vector<std::string> deadly_calls();

}  // namespace sallyport::hardening
