#include "server/hooks/byte_stream.hpp"

#include <sys/socket.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>

#include "server/hooks/lookup.hpp"
#include "server/tls/stream.hpp"

namespace sallyport::server::hooks {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using Local = asio::local::stream_protocol;
using net::Tcp;

/// Most addresses of a host that are tried.
constexpr std::size_t max_addresses = 4;

tls::Stream::Limit left_until(net::SteadyTime deadline) {
    const auto left = std::chrono::ceil<tls::Stream::Limit>(deadline - Clock::now());
    return std::max(left, tls::Stream::Limit(0));
}

/// A socket on this machine.
template <class Socket>
class BareStream final : public ByteStream {
  public:
    explicit BareStream(Socket socket) : socket_(std::move(socket)) {}

    Async<bool> write(std::span<const std::byte> data, net::SteadyTime deadline) override {
        while (!data.empty()) {
            boost::system::error_code error;
            const auto count = socket_.write_some(asio::buffer(data.data(), data.size()), error);
            data = data.subspan(count);
            if (!error) continue;
            if (error != asio::error::would_block) co_return false;
            const auto ready = co_await net::wait_ready(socket_, Socket::wait_write, deadline);
            if (ready != net::Ready::ready) co_return false;
        }
        co_return true;
    }

    Async<std::optional<std::size_t>> read_some(std::span<std::byte> into,
                                                net::SteadyTime deadline) override {
        for (;;) {
            const auto ready = co_await net::wait_ready(socket_, Socket::wait_read, deadline);
            if (ready != net::Ready::ready) co_return std::nullopt;
            boost::system::error_code error;
            const auto count = socket_.read_some(asio::buffer(into.data(), into.size()), error);
            if (!error) co_return count;
            if (error == asio::error::eof) co_return 0;
            if (error != asio::error::would_block) co_return std::nullopt;
        }
    }

  private:
    Socket socket_;
};

class TlsStream final : public ByteStream {
  public:
    explicit TlsStream(std::unique_ptr<tls::Stream> stream) : stream_(std::move(stream)) {}

    Async<bool> write(std::span<const std::byte> data, net::SteadyTime deadline) override {
        const auto written = co_await stream_->write(data, left_until(deadline));
        co_return written.has_value();
    }

    Async<std::optional<std::size_t>> read_some(std::span<std::byte> into,
                                                net::SteadyTime deadline) override {
        const auto count = co_await stream_->read_some(into, left_until(deadline));
        if (count) co_return *count;
        if (count.error() == tls::Error::closed) co_return 0;
        co_return std::nullopt;
    }

  private:
    std::unique_ptr<tls::Stream> stream_;
};

/// Nothing on success, else why not.
template <class Socket>
Async<std::string> connect(Socket& socket, typename Socket::endpoint_type endpoint,
                           net::SteadyTime deadline) {
    boost::system::error_code error;
    socket.open(endpoint.protocol(), error);
    if (!error) socket.non_blocking(true, error);
    if (error) co_return error.message();
    if (::connect(socket.native_handle(), endpoint.data(),
                  static_cast<socklen_t>(endpoint.size())) == 0) {
        co_return "";
    }
    if (errno != EINPROGRESS) co_return std::generic_category().message(errno);
    const auto ready = co_await net::wait_ready(socket, Socket::wait_write, deadline);
    if (ready != net::Ready::ready) co_return "timed out";
    int failure = 0;
    socklen_t size = sizeof failure;
    ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_ERROR, &failure, &size);
    co_return failure == 0 ? "" : std::generic_category().message(failure);
}

template <class Socket>
Async<Opened> open_bare(typename Socket::endpoint_type endpoint, net::SteadyTime deadline) {
    Socket socket(co_await asio::this_coro::executor);
    auto problem = co_await connect(socket, std::move(endpoint), deadline);
    if (!problem.empty()) co_return "no connection: " + problem;
    std::unique_ptr<ByteStream> stream = std::make_unique<BareStream<Socket>>(std::move(socket));
    co_return Opened(std::move(stream));
}

Async<Opened> open_tls(const config::HttpsUrl& url,
                       std::shared_ptr<const tls::ClientContext> context,
                       net::SteadyTime deadline) {
    auto found = co_await look_up(url.host, deadline);
    if (auto* problem = std::get_if<std::string>(&found)) co_return std::move(*problem);
    auto addresses = std::get<0>(std::move(found));
    addresses.resize(std::min(addresses.size(), max_addresses));
    std::string problem = "the host has no address";
    for (const auto& address : addresses) {
        Tcp::socket socket(co_await asio::this_coro::executor);
        const Tcp::endpoint endpoint(address, url.port);
        problem = co_await connect(socket, endpoint, deadline);
        if (!problem.empty()) continue;
        auto stream = co_await tls::Stream::connect(std::move(socket), context, url.host,
                                                    left_until(deadline));
        if (auto* refused = std::get_if<std::string>(&stream)) co_return "TLS: " + *refused;
        std::unique_ptr<ByteStream> opened =
            std::make_unique<TlsStream>(std::get<0>(std::move(stream)));
        co_return Opened(std::move(opened));
    }
    co_return "no connection: " + problem;
}

}  // namespace

Async<Opened> open_stream(const config::HookUrl& url,
                          std::shared_ptr<const tls::ClientContext> context,
                          net::SteadyTime deadline) {
    if (const auto* socket = std::get_if<config::SocketUrl>(&url)) {
        Local::endpoint endpoint(socket->path.native());
        return open_bare<Local::socket>(std::move(endpoint), deadline);
    }
    if (const auto* loopback = std::get_if<config::LoopbackUrl>(&url)) {
        const Tcp::endpoint endpoint(asio::ip::make_address(loopback->address), loopback->port);
        return open_bare<Tcp::socket>(endpoint, deadline);
    }
    return open_tls(std::get<config::HttpsUrl>(url), std::move(context), deadline);
}

}  // namespace sallyport::server::hooks
