#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace sallyport::net {

/// What of this machine decides whether a configuration can work on it.
struct Machine {
    config::PortRange outgoing_ports{0, 0};  ///< what connect(2) takes local ports from
    std::vector<std::string> addresses;      ///< those of a configuration that it has
    std::uint64_t descriptors = UINT64_MAX;  ///< that this process may have
};
/// What matters for `config`. Blocks for as long as reading /proc takes; what cannot be found out
/// does not limit anything.
[[nodiscard]] Machine this_machine(const config::Config& config);

/// What will go wrong sooner or later although the configuration is correct: a sentence each, for
/// the operator.
[[nodiscard]] std::vector<std::string> findings(const config::Config& config,
                                                const Machine& machine);

}  // namespace sallyport::net
