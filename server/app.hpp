#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/load.hpp"
#include "server/opening.hpp"

namespace sallyport::server {

struct ServeHooks {
    /// Called once, before the process is confined: it may still write anywhere.
    OnBound on_bound;
    /// Called once, when clients are served.
    OnBound on_ready;
    /// What was found worth a warning, to be told as events.
    std::vector<config::Problem> warnings;
};

/// Serves in the foreground, and confines the process for the rest of its life: from then on it
/// reaches nothing but what the configuration names (server/hardening). SIGTERM and SIGINT drain (a
/// second one ends at once); SIGHUP opens the log files anew and takes what `reload` yields, or
/// keeps the running configuration when that has problems. Returns the exit status: 0, or 1 when
/// the start failed, which is said on standard error and, once the log is open, in an event. Throws
/// std::runtime_error with one sentence when a log file cannot be opened. Call it once, from the
/// main thread, while there is no other.
int serve(std::shared_ptr<const config::Config> config, std::function<config::Loaded()> reload,
          ServeHooks hooks = {});

/// What will go wrong on this machine although the configuration is correct: a sentence each.
[[nodiscard]] std::vector<std::string> check_machine(const config::Config& config);

/// The problems of certificates and keys that only opening them shows.
[[nodiscard]] std::vector<config::Problem> check_credentials(const config::Config& config);

}  // namespace sallyport::server
