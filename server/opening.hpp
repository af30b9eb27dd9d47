#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "server/admin/http_server.hpp"
#include "server/events/log_sink.hpp"
#include "server/hardening/harden.hpp"
#include "server/net/listener.hpp"
#include "server/startup.hpp"

namespace sallyport::server {

/// Called when all listeners are open, with their bound addresses, in configured order.
using OnBound = std::function<void(const std::vector<config::Endpoint>&)>;

/// Everything that must be opened before the process is confined, in this order: keys and listeners
/// as whoever started it, log files as the user that it becomes.
struct Opening {
    boost::asio::io_context loop{1};  ///< of the listeners
    Credentials credentials;
    std::vector<std::unique_ptr<net::Listener>> listeners;
    std::vector<std::unique_ptr<admin::HttpServer>> admin_servers;
    std::optional<config::AdminAddress> admin_later;  ///< still held by a server that drains
    std::string admin_problem;  ///< why the socket in the state folder could not be opened, if so
    std::optional<events::LogFiles> logs;
    hardening::Status confinement;

    /// Opens all of it, then confines the process (server/hardening): no thread may be running, and
    /// from now on they may be started. `on_bound` may still write anywhere. One sentence on
    /// failure; the process can then only say so and end, in the log if `logs` are open. `config`
    /// is not kept. Throws std::runtime_error with one sentence when a log file cannot be opened.
    [[nodiscard]] std::optional<std::string> open(const config::Config& config,
                                                  const OnBound& on_bound);

    [[nodiscard]] std::vector<config::Endpoint> bound() const;

  private:
    [[nodiscard]] std::optional<std::string> open_credentials(const config::Config& config);
    [[nodiscard]] std::optional<std::string> open_listeners(const config::Config& config);
    [[nodiscard]] std::optional<std::string> open_admin(const config::AdminAddress& address);
    [[nodiscard]] std::optional<std::string> open_as_user(const config::Config& config);
    [[nodiscard]] std::optional<std::string> open_sockets(const config::Config& config);
};

}  // namespace sallyport::server
