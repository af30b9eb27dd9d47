#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "config/config.hpp"
#include "server/doorkeeper.hpp"
#include "server/events/event.hpp"
#include "server/monitor/live_sessions.hpp"
#include "server/net/admission.hpp"
#include "server/published.hpp"
#include "server/snapshot.hpp"
#include "server/user_sessions.hpp"
#include "server/worker.hpp"
#include "storage/async.hpp"

namespace sallyport::server {

/// Starts sessions on workers and counts them. Thread-safe, except for the constructor.
class Sessions {
  public:
    /// `workers` and `sink` must outlive this object.
    Sessions(std::vector<std::unique_ptr<Worker>>& workers, events::Sink& sink,
             std::shared_ptr<const Snapshot> snapshot);

    /// The worker for the next connection, in turn.
    [[nodiscard]] Worker& next_worker();
    /// Serves an accepted connection on `worker`, to which the socket belongs, or turns it away
    /// when there are too many, its address is penalised, or it comes past the load balancers that
    /// the listener is for.
    void start(Worker& worker, boost::asio::ip::tcp::socket socket,
               const config::Listener& listener);

    /// Sessions that start, and logins that are tried, from now on use this. Sessions of users whom
    /// it does not know any more finish their transfer and end.
    void replace(std::shared_ptr<const Snapshot> snapshot);
    [[nodiscard]] std::shared_ptr<const Snapshot> snapshot() const { return snapshot_.load(); }

    /// Lets all sessions finish their transfers and end, or end now.
    void drain();
    void abort();
    [[nodiscard]] std::size_t running() const { return admission_.taken(); }
    [[nodiscard]] const monitor::LiveSessions& live() const { return live_; }
    [[nodiscard]] const auth::Penalties& penalties() const { return doorkeeper_.penalties(); }

  private:
    /// An accepted connection of which it is not decided yet whether it is served.
    struct Arrival;
    void open(Arrival arrival);
    /// Waits for the balancer's word on whose the connection is, then serves it.
    Async<void> open_relayed(Arrival arrival, net::Admission::Place place);
    [[nodiscard]] events::SessionEvents events_of(const Arrival& arrival) const;

    std::vector<std::unique_ptr<Worker>>& workers_;
    events::Sink& sink_;
    Published<Snapshot> snapshot_;
    net::Admission admission_;
    UserSessions user_sessions_;
    Doorkeeper doorkeeper_;
    monitor::LiveSessions live_;
    std::atomic<std::size_t> turn_{0};
};

}  // namespace sallyport::server
