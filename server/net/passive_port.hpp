#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "config/config.hpp"
#include "server/net/wait.hpp"
#include "storage/async.hpp"

namespace sallyport::net {

/// One port that waits for one data connection from one address (RFC 2577 section 8: nobody
/// else's). Lives on one thread.
class PassivePort : public std::enable_shared_from_this<PassivePort> {
  public:
    /// Called with the address of each stranger that was turned away.
    using OnStranger = std::function<void(const boost::asio::ip::address&)>;

    /// Listens on a random free port of `range` at `local`, and accepts one connection from `peer`.
    /// Null when no port is free.
    [[nodiscard]] static std::shared_ptr<PassivePort> open(boost::asio::any_io_executor executor,
                                                           const boost::asio::ip::address& local,
                                                           const config::PortRange& range,
                                                           const boost::asio::ip::address& peer,
                                                           OnStranger on_stranger);

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// The connection from the peer; nothing when none came before `deadline` or the port was
    /// closed.
    Async<std::optional<Tcp::socket>> take(SteadyTime deadline);
    /// Stops listening and drops a connection that nobody took.
    void close() noexcept;

  private:
    PassivePort(Tcp::acceptor acceptor, boost::asio::ip::address peer, OnStranger on_stranger);

    Async<void> accept_peer();

    Tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
    boost::asio::ip::address peer_;
    OnStranger on_stranger_;
    std::optional<Tcp::socket> accepted_;
    Event arrived_;
    bool closed_ = false;
};

}  // namespace sallyport::net
