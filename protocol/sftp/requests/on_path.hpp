#pragma once

#include "protocol/sftp/outcome.hpp"
#include "protocol/sftp/request.hpp"
#include "protocol/sftp/session_state.hpp"

namespace sallyport::sftp::requests {

/// What a request does to the one path that is its argument.
using PathTask = Async<Reply> (*)(storage::Volume&, SessionState&, std::uint32_t id,
                                  storage::VirtualPath);

/// Reads the path, which is the last field, and runs `task` on it.
[[nodiscard]] Outcome on_path(SessionState& state, Request& request, PathTask task);

}  // namespace sallyport::sftp::requests
