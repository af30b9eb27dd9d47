#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/address_prefix.hpp"
#include "protocol/proxy/header.hpp"
#include "server/net/wait.hpp"

namespace sallyport::net {

/// How long a balancer may take to say whom it speaks for. It knows before it connects, so this
/// stops connections that say nothing.
inline constexpr std::chrono::seconds proxy_header_limit{5};

/// Is the address that of a balancer whose headers are believed?
[[nodiscard]] bool is_trusted(const std::vector<auth::AddressPrefix>& proxies,
                              const boost::asio::ip::address& address);

/// The address in a header, canonical.
[[nodiscard]] boost::asio::ip::address address_of(const std::string& text);

/// Takes a PROXY header from the front of what the socket receives, and not one byte of what
/// follows it. A sentence part for the log when none has come by `deadline`.
Async<std::variant<proxy::Header, std::string_view>> read_proxy_header(Tcp::socket& socket,
                                                                       SteadyTime deadline);

/// True when what the socket has received, but nobody has read yet, may begin with a PROXY header.
[[nodiscard]] bool begins_proxy_header(Tcp::socket& socket);

}  // namespace sallyport::net
