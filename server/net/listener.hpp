#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "config/config.hpp"
#include "server/net/reserve.hpp"
#include "server/net/wait.hpp"
#include "storage/async.hpp"

namespace sallyport::net {

/// A listening socket. Lives on the thread of its executor.
class Listener {
  public:
    /// Binds and listens; a sentence on failure.
    [[nodiscard]] static std::variant<std::unique_ptr<Listener>, std::string> open(
        boost::asio::any_io_executor executor, const config::Endpoint& endpoint);

    /// Takes over a TCP socket that listens already.
    [[nodiscard]] static std::variant<std::unique_ptr<Listener>, std::string> adopt(
        boost::asio::any_io_executor executor, int descriptor);

    /// The address in use, with the port that the kernel chose for port 0.
    [[nodiscard]] config::Endpoint bound() const;

    /// The event loop that the next connection shall belong to.
    using ChooseContext = std::function<boost::asio::io_context&()>;
    using OnConnection = std::function<void(Tcp::socket)>;
    /// Told how many connections were turned away because there was no descriptor for them.
    using OnShortage = std::function<void(std::size_t)>;
    /// Accepts until `close`. A shortage of descriptors or memory is waited out; who comes
    /// meanwhile is turned away.
    Async<void> run(ChooseContext choose, OnConnection on_connection, OnShortage on_shortage);
    void close() noexcept;

  private:
    explicit Listener(Tcp::acceptor acceptor) : acceptor_(std::move(acceptor)) {}

    Tcp::acceptor acceptor_;
    Reserve reserve_;
};

/// "127.0.0.1:2121" or "[::1]:2121".
[[nodiscard]] std::string to_string(const config::Endpoint& endpoint);

}  // namespace sallyport::net
