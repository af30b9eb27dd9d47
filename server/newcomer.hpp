#pragma once

#include <optional>
#include <string>

#include "auth/authenticator.hpp"
#include "auth/penalties.hpp"
#include "server/events/event.hpp"
#include "server/net/anteroom.hpp"
#include "server/net/wait.hpp"

namespace sallyport::server {

/// The side of a connection that has not logged in yet: holds its seat in the anteroom, and tells
/// the penalties what it did. One that leaves without having logged in is judged when it goes.
/// Lives on the thread of the session.
class Newcomer {
  public:
    struct Case {
        std::string source;          ///< as `net::source_of` names it
        auth::Penalties* penalties;  ///< outlives this object; null: nothing is counted
        net::SteadyTime deadline;    ///< for the login
    };
    Newcomer(net::Anteroom::Seat seat, Case counted, events::SessionEvents events);
    ~Newcomer();
    Newcomer(const Newcomer&) = delete;
    Newcomer& operator=(const Newcomer&) = delete;

    /// A login failed, also because what was shown is not enough. Counts at once, also after an
    /// earlier one of the session has succeeded.
    void failed(const auth::Verdict& verdict);
    /// Something was tried, such as a key, that counts only if nothing better follows.
    void tried() { tried_ = true; }
    /// Gives up the seat: others may come in.
    void logged_in();

  private:
    void count(auth::Offence offence);

    std::optional<net::Anteroom::Seat> seat_;  ///< nothing: logged in
    Case case_;
    events::SessionEvents events_;
    bool tried_ = false;
    bool failed_ = false;
};

}  // namespace sallyport::server
