#pragma once

#include <chrono>
#include <string>
#include <variant>

#include "config/config.hpp"

namespace sallyport::server::admin {

/// An answer of the admin side of a server.
struct Fetched {
    unsigned status = 0;
    std::string body;
};

/// Asks for `path` by GET. One sentence when there is no answer within `limit`. Blocks.
[[nodiscard]] std::variant<Fetched, std::string> fetch(const config::AdminAddress& address,
                                                       const std::string& path,
                                                       std::chrono::milliseconds limit);

/// True when a server answers there that it is about to end. Blocks, as above.
[[nodiscard]] bool is_draining(const config::AdminAddress& address);

}  // namespace sallyport::server::admin
