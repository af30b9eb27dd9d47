#pragma once

#include <boost/asio/ip/address.hpp>
#include <string>
#include <variant>
#include <vector>

#include "server/net/wait.hpp"

namespace sallyport::server::hooks {

/// Look-ups under way on one thread. Those that nobody waits for any more go on until the resolver
/// gives up: stops a resolver that stalls from collecting more and more of them.
inline constexpr int max_lookups = 16;

/// The addresses of a host, or of itself when it is an address; or a sentence part. Blocks nobody:
/// Asio asks the resolver on a thread of its own. Not beyond `deadline`.
Async<std::variant<std::vector<boost::asio::ip::address>, std::string>> look_up(
    const std::string& host, net::SteadyTime deadline);

}  // namespace sallyport::server::hooks
