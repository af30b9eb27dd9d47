#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "config/config.hpp"
#include "server/events/event.hpp"
#include "server/net/wait.hpp"
#include "server/session_registry.hpp"
#include "server/snapshot.hpp"

namespace sallyport::server::ftps {

/// One accepted connection, before anything was read.
struct Connection {
    net::Tcp::socket socket;
    std::shared_ptr<const Snapshot> snapshot;
    config::Listener listener;
    events::SessionEvents events;
    SessionRegistry* registry;       ///< of this thread; outlives the session
    net::SteadyTime login_deadline;  ///< a session that has not logged in by then is closed
};

/// Serves one FTPS control connection from greeting to close. Throws only what the caller logs.
Async<void> serve(Connection connection);

}  // namespace sallyport::server::ftps
