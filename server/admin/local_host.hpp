#pragma once

#include <string_view>

namespace sallyport::server::admin {

/// True for a Host header that names this machine by loopback: "localhost", an address from
/// 127.0.0.0/8 or "[::1]", each with or without a port. Anything else is a browser that was led
/// here by a name of somebody else's (DNS rebinding).
[[nodiscard]] bool is_local_host(std::string_view host);

}  // namespace sallyport::server::admin
