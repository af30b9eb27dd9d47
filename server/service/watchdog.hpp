#pragma once

#include <memory>
#include <vector>

#include "server/service/notifier.hpp"
#include "server/worker.hpp"
#include "storage/async.hpp"

namespace sallyport::service {

/// Tells the service manager's watchdog again and again that the server is alive: that the loop it
/// runs on turns, and that every worker has answered since the last time. A worker that hangs thus
/// gets the service restarted. Ends at once when no watchdog was asked for; else never, by itself.
/// All must outlive it.
Async<void> feed_watchdog(const Notifier& notifier,
                          const std::vector<std::unique_ptr<server::Worker>>& workers);

}  // namespace sallyport::service
