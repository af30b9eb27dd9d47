#pragma once

#include "server/monitor/live_sessions.hpp"
#include "storage/backend.hpp"

namespace sallyport::server::monitor {

/// A volume whose transfers show in `session` while they run: bytes count when storage has been
/// given, or has yielded, them.
[[nodiscard]] std::shared_ptr<storage::Volume> tracked(std::shared_ptr<storage::Volume> volume,
                                                       std::shared_ptr<LiveSession> session);

}  // namespace sallyport::server::monitor
