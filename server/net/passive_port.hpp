#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "auth/address_prefix.hpp"
#include "config/config.hpp"
#include "server/net/wait.hpp"
#include "storage/async.hpp"

namespace sallyport::net {

/// One port that waits for one data connection from one client (RFC 2577 section 8: nobody else's).
/// Lives on one thread.
class PassivePort : public std::enable_shared_from_this<PassivePort> {
  public:
    /// Called with the address of each stranger that was turned away.
    using OnStranger = std::function<void(const boost::asio::ip::address&)>;

    /// Who may connect.
    struct Expected {
        boost::asio::ip::address peer;
        /// Load balancers; the caller finds out for whom they speak.
        std::vector<auth::AddressPrefix> proxies;
    };

    enum class Accepts {
        one,      ///< the first that may connect closes the port to all others
        several,  ///< until `close`; for callers that can tell the rightful one from others
    };

    /// Listens on a random free port of `range` at `local`. Null when no free port was found.
    /// Closes when the last copy of the pointer is gone.
    [[nodiscard]] static std::shared_ptr<PassivePort> open(boost::asio::any_io_executor executor,
                                                           const boost::asio::ip::address& local,
                                                           const config::PortRange& range,
                                                           Expected expected,
                                                           OnStranger on_stranger,
                                                           Accepts accepts = Accepts::one);

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Does a balancer stand between this connection and the client?
    [[nodiscard]] bool is_relayed(const Tcp::socket& socket) const;
    /// The next connection; nothing, and the port is closed, when none came before `deadline`.
    Async<std::optional<Tcp::socket>> take(SteadyTime deadline);
    /// Stops listening and drops connections that nobody took.
    void close() noexcept;

  private:
    PassivePort(Tcp::acceptor acceptor, Expected expected, OnStranger on_stranger, Accepts accepts);

    Async<void> accept_peer();
    /// True when the port has what it was opened for.
    bool take_in(Tcp::socket socket);

    Tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
    Expected expected_;
    OnStranger on_stranger_;
    Accepts accepts_;
    std::deque<Tcp::socket> accepted_;
    Event arrived_;
    bool closed_ = false;
};

}  // namespace sallyport::net
