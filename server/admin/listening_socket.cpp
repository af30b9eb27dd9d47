#include "server/admin/listening_socket.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <system_error>

#include "server/admin/http_client.hpp"
#include "server/net/listener.hpp"

namespace sallyport::server::admin {
namespace {

using boost::asio::ip::tcp;
using Unix = boost::asio::local::stream_protocol;

/// Few ask at once.
constexpr int backlog = 16;
constexpr mode_t owner_only = 0600;

std::string reason(int error) {
    return std::generic_category().message(error);
}

/// A socket that closes unless it is given away.
class Fresh {
  public:
    explicit Fresh(int family) : descriptor_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
    ~Fresh() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Fresh(const Fresh&) = delete;
    Fresh& operator=(const Fresh&) = delete;
    [[nodiscard]] int get() const { return descriptor_; }
    [[nodiscard]] int give_away() { return std::exchange(descriptor_, -1); }

  private:
    int descriptor_;
};

bool somebody_listens(const Unix::endpoint& endpoint) {
    const Fresh probe(AF_UNIX);
    return probe.get() >= 0 &&
           ::connect(probe.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0;
}

/// What a server has left behind that did not end properly, or is about to end.
void remove_stale(const std::filesystem::path& path, const Unix::endpoint& endpoint) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
    if (!somebody_listens(endpoint) || is_draining(path)) ::unlink(path.c_str());
}

std::variant<ListeningSocket, std::string> listen_unix(const std::filesystem::path& path) {
    if (path.native().size() >= sizeof(sockaddr_un::sun_path)) {
        return fmt::format("cannot listen on unix:{}: the path is too long", path.native());
    }
    const Unix::endpoint endpoint(path.native());
    remove_stale(path, endpoint);
    Fresh socket(AF_UNIX);
    // Nobody can connect before `listen`, so the mode is right from the first connection on.
    const bool listens =
        socket.get() >= 0 &&
        ::bind(socket.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0 &&
        ::chmod(path.c_str(), owner_only) == 0 && ::listen(socket.get(), backlog) == 0;
    if (!listens) return fmt::format("cannot listen on unix:{}: {}", path.native(), reason(errno));
    return ListeningSocket{socket.give_away(), AF_UNIX};
}

std::variant<ListeningSocket, std::string> listen_tcp(const config::Endpoint& wanted) {
    const tcp::endpoint endpoint(boost::asio::ip::make_address(wanted.address), wanted.port);
    const int family = endpoint.protocol().family();
    Fresh socket(family);
    const int on = 1;
    const bool listens =
        socket.get() >= 0 &&
        ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        ::bind(socket.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0 &&
        ::listen(socket.get(), backlog) == 0;
    if (!listens) {
        return fmt::format("cannot listen on {}: {}", net::to_string(wanted), reason(errno));
    }
    return ListeningSocket{socket.give_away(), family};
}

}  // namespace

std::variant<ListeningSocket, std::string> listen_on(const config::AdminAddress& address) {
    if (const auto* path = std::get_if<std::filesystem::path>(&address)) return listen_unix(*path);
    return listen_tcp(std::get<config::Endpoint>(address));
}

std::string to_string(const config::AdminAddress& address) {
    if (const auto* path = std::get_if<std::filesystem::path>(&address)) {
        return "unix:" + path->native();
    }
    return net::to_string(std::get<config::Endpoint>(address));
}

}  // namespace sallyport::server::admin
