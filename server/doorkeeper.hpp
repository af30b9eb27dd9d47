#pragma once

#include <memory>
#include <string>

#include "auth/penalties.hpp"
#include "config/config.hpp"
#include "server/ends.hpp"
#include "server/newcomer.hpp"
#include "server/session_registry.hpp"
#include "storage/async.hpp"

namespace sallyport::server {

/// Decides which connections are served: keeps out whom the penalties refuse, and bounds how many
/// may be on their way to a login. Thread-safe.
class Doorkeeper {
  public:
    /// True when connections from this address are refused for what came from it before.
    [[nodiscard]] bool refuses(const boost::asio::ip::address& client,
                               const config::Limits& limits) const;

    struct Arrival {
        const Ends& ends;
        const config::Limits& limits;
        net::SteadyTime login_deadline;
        SessionRegistry& registry;
        const events::SessionEvents& events;
    };
    /// A newcomer who may be served; null when there are too many of them. One whose address has
    /// all its seats waits a while for the next, on the thread of the session: clients that open
    /// many connections at once are served a few at a time. This object must outlive the newcomer.
    Async<std::unique_ptr<Newcomer>> admit(const Arrival& arrival);

    [[nodiscard]] const auth::Penalties& penalties() const { return penalties_; }

  private:
    [[nodiscard]] std::unique_ptr<Newcomer> seated(net::Anteroom::Seat seat,
                                                   const Arrival& arrival);

    auth::Penalties penalties_;
    net::Anteroom anteroom_;
};

}  // namespace sallyport::server
