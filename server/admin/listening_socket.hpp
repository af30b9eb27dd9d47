#pragma once

#include <string>
#include <variant>

#include "config/config.hpp"

namespace sallyport::server::admin {

/// A descriptor that listens.
struct ListeningSocket {
    int descriptor = -1;  ///< the caller's
    int family = 0;       ///< AF_INET, AF_INET6 or AF_UNIX
};

/// Listens on a loopback address or a Unix socket; a sentence on failure. A Unix socket has mode
/// 0600 before anybody can connect, and takes the place of one that nobody listens on any more, or
/// whose server is about to end.
[[nodiscard]] std::variant<ListeningSocket, std::string> listen_on(
    const config::AdminAddress& address);

/// "127.0.0.1:9321" or "unix:/path".
[[nodiscard]] std::string to_string(const config::AdminAddress& address);

}  // namespace sallyport::server::admin
