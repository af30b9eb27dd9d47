#pragma once

#include <memory>

#include "config/config.hpp"
#include "server/ends.hpp"
#include "server/events/event.hpp"
#include "server/monitor/live_sessions.hpp"
#include "server/net/sparing.hpp"
#include "server/net/wait.hpp"
#include "server/newcomer.hpp"
#include "server/session_registry.hpp"
#include "server/snapshot.hpp"
#include "server/user_sessions.hpp"

namespace sallyport::server {

/// One accepted connection of either door, before anything of the protocol was read.
struct Connection {
    net::Tcp::socket socket;
    Ends ends;
    std::shared_ptr<const Snapshot> snapshot;
    config::Listener listener;
    events::SessionEvents events;
    SessionRegistry* registry;  ///< of this thread; outlives the session
    net::Sparing* diagnoses;    ///< of this thread; outlives the session
    std::shared_ptr<monitor::LiveSession> live;
    net::SteadyTime login_deadline;  ///< a session that has not logged in by then is closed
    /// The configuration in force now, which decides about logins: not that of earlier days, which
    /// may know users who are gone.
    std::function<std::shared_ptr<const Snapshot>()> current;
    UserSessions* user_sessions;         ///< outlives the session
    std::unique_ptr<Newcomer> newcomer;  ///< set before anything is read

    /// Names the user in events and status; empty: nobody any more.
    void set_user(const std::string& user) {
        events.set_user(user);
        live->set_user(user);
    }
};

}  // namespace sallyport::server
