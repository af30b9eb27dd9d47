#include "server/service/inherited_sockets.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>

#include "server/net/listener.hpp"
#include "server/service/environment.hpp"

namespace sallyport::service {
namespace {

/// The first descriptor that is handed over; the others follow it.
constexpr int first_descriptor = 3;
/// More than any configuration has listeners. Stops a broken variable from closing everything.
constexpr std::uint64_t max_sockets = 1024;

/// Where a TCP socket listens; nothing for any other descriptor.
std::optional<config::Endpoint> endpoint_of(int descriptor) {
    int listens = 0;
    socklen_t size = sizeof listens;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) {
        return std::nullopt;
    }
    boost::asio::ip::tcp::endpoint endpoint;
    size = static_cast<socklen_t>(endpoint.capacity());
    if (::getsockname(descriptor, endpoint.data(), &size) != 0) return std::nullopt;
    const bool is_ip =
        endpoint.data()->sa_family == AF_INET || endpoint.data()->sa_family == AF_INET6;
    if (!is_ip) return std::nullopt;
    endpoint.resize(size);
    return config::Endpoint{endpoint.address().to_string(), endpoint.port()};
}

}  // namespace

InheritedSockets InheritedSockets::from_environment() {
    InheritedSockets inherited;
    const auto count = number_in_environment("LISTEN_FDS").value_or(0);
    if (text_in_environment("LISTEN_PID").empty() || !is_for_us("LISTEN_PID")) return inherited;
    for (std::uint64_t i = 0; i < std::min(count, max_sockets); ++i) {
        const int descriptor = first_descriptor + static_cast<int>(i);
        ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
        const auto endpoint = endpoint_of(descriptor);
        inherited.sockets_.push_back(
            {descriptor, endpoint ? net::to_string(*endpoint) : "no listening TCP socket"});
    }
    return inherited;
}

InheritedSockets::~InheritedSockets() {
    for (const auto& socket : sockets_) ::close(socket.descriptor);
}

std::optional<int> InheritedSockets::take(const config::Endpoint& endpoint) {
    const auto found = std::ranges::find(sockets_, net::to_string(endpoint), &Socket::address);
    if (found == sockets_.end()) return std::nullopt;
    const int descriptor = found->descriptor;
    sockets_.erase(found);
    return descriptor;
}

std::optional<std::string> InheritedSockets::left_over() const {
    if (sockets_.empty()) return std::nullopt;
    return fmt::format("the service manager hands over a socket that no [[listener]] is for: {}",
                       sockets_.front().address);
}

}  // namespace sallyport::service
