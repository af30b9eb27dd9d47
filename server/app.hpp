#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "config/load.hpp"
#include "server/events/event.hpp"

namespace sallyport::server {

struct ServeHooks {
    /// Called once, when all listeners are open: their bound addresses, in configured order.
    std::function<void(const std::vector<config::Endpoint>&)> on_ready;
};

/// Serves in the foreground. SIGTERM and SIGINT drain (a second one ends at once); SIGHUP takes
/// what `reload` yields, or keeps the running configuration when that has problems. Returns the
/// exit status: 0, or 1 when the start failed, which is said in an event and on standard error.
/// Call it from the main thread, once at a time.
int serve(std::shared_ptr<const config::Config> config, events::Sink& sink,
          std::function<config::Loaded()> reload, ServeHooks hooks = {});

/// The problems of certificates and keys that only opening them shows.
[[nodiscard]] std::vector<config::Problem> check_credentials(const config::Config& config);

}  // namespace sallyport::server
