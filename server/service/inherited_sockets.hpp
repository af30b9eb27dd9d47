#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace sallyport::service {

/// Listening sockets that a service manager has opened and handed over (sd_listen_fds(3)). They
/// stay open there while one server ends and the next begins, so that no connection is refused
/// meanwhile.
class InheritedSockets {
  public:
    /// What LISTEN_PID and LISTEN_FDS say; closed on destruction unless taken.
    [[nodiscard]] static InheritedSockets from_environment();
    InheritedSockets(InheritedSockets&&) = default;
    InheritedSockets& operator=(InheritedSockets&&) = delete;
    ~InheritedSockets();

    /// The descriptor of the socket that listens there, which is the caller's from now on.
    [[nodiscard]] std::optional<int> take(const config::Endpoint& endpoint);
    /// A sentence about a socket that nobody took; nothing when there is none.
    [[nodiscard]] std::optional<std::string> left_over() const;

  private:
    struct Socket {
        int descriptor;
        std::string address;  ///< "127.0.0.1:21"; or what else it is
    };
    InheritedSockets() = default;

    std::vector<Socket> sockets_;
};

}  // namespace sallyport::service
