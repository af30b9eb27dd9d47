#pragma once

#include <optional>

#include "server/ftps/control.hpp"
#include "server/tls/stream.hpp"

namespace sallyport::server::ftps {

/// Runs the clear-text part of a control connection: greeting, at most a few commands, AUTH TLS.
/// The one way on is the TLS stream that it yields; nothing when the connection ended instead. The
/// socket is used up either way.
Async<std::unique_ptr<tls::Stream>> upgrade(Connection& connection,
                                            const tls::SessionBinding& binding);

/// Performs the handshake on a socket from which nothing was read, and reports it as an event.
Async<std::unique_ptr<tls::Stream>> start_tls(Connection& connection,
                                              const tls::SessionBinding& binding);

}  // namespace sallyport::server::ftps
