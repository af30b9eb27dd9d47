#pragma once

#include <optional>
#include <string>

namespace sallyport::hardening {

/// Whether the running kernel filters system calls and this program knows its machine's.
[[nodiscard]] bool can_filter_system_calls();

/// From now on the calling thread, and those that it will start, can make only the system calls of
/// system_calls.hpp: no program can be executed, no memory made executable, no process made, no
/// socket opened but for IP (and, with `may_connect`, to somewhere). Refusals go to the kernel's
/// log. Needs "no new privileges". A sentence on failure.
[[nodiscard]] std::optional<std::string> filter_system_calls(bool may_connect);

}  // namespace sallyport::hardening
