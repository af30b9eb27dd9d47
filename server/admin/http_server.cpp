#include "server/admin/http_server.hpp"

#include <arpa/inet.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "server/admin/listening_socket.hpp"
#include "server/admin/local_host.hpp"

namespace sallyport::server::admin {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Generic = asio::generic::stream_protocol;
using Stream = beast::basic_stream<Generic>;
using Parser = http::request_parser<http::empty_body>;

/// Longest request, in bytes. Stops floods of headers.
constexpr std::uint32_t max_header_bytes = 8192;
/// Connections at once; more are closed unread. Stops a program that has gone wild from using up
/// descriptors that sessions need.
constexpr unsigned max_connections = 16;
/// From the connection to the last byte of the answer. Stops connections that say nothing.
constexpr auto time_limit = std::chrono::seconds(10);
/// Pause after an accept that failed for want of descriptors or memory.
constexpr auto shortage_pause = std::chrono::milliseconds(100);

constexpr auto awaited = asio::as_tuple(asio::use_awaitable);

/// One of the connections that may be open at once.
class Place {
  public:
    explicit Place(std::shared_ptr<unsigned> count) : count_(std::move(count)) { ++*count_; }
    Place(Place&&) noexcept = default;
    Place& operator=(Place&&) = delete;
    ~Place() {
        if (count_) --*count_;
    }

  private:
    std::shared_ptr<unsigned> count_;
};

Answer refusal(http::status status, std::string_view why) {
    return {static_cast<unsigned>(status), "text/plain; charset=utf-8", std::string(why) + "\n"};
}

/// Nothing for a request that may be answered.
std::optional<Answer> refuse(beast::error_code error, const Parser& parser) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        return refusal(http::status::request_header_fields_too_large, "The request is too long.");
    }
    if (error) return refusal(http::status::bad_request, "This is no HTTP request.");
    const auto& request = parser.get();
    if (request.method() != http::verb::get) {
        return refusal(http::status::method_not_allowed, "Only GET is answered.");
    }
    const auto host = request.find(http::field::host);
    const bool named = host != request.end();
    if (request.version() >= 11 && !named) {
        return refusal(http::status::bad_request, "The Host header is missing.");
    }
    if (named && !is_local_host({host->value().data(), host->value().size()})) {
        return refusal(http::status::misdirected_request, "That host is not this server.");
    }
    return std::nullopt;
}

std::string path_of(const Parser& parser) {
    const auto target = parser.get().target();
    return std::string(target.substr(0, target.find('?')));
}

http::response<http::string_body> response_of(Answer answer) {
    http::response<http::string_body> response(static_cast<http::status>(answer.status), 11);
    response.set(http::field::content_type, answer.type);
    response.set(http::field::cache_control, "no-store");
    response.set("X-Content-Type-Options", "nosniff");
    if (response.result() == http::status::method_not_allowed) {
        response.set(http::field::allow, "GET");
    }
    response.keep_alive(false);
    response.body() = std::move(answer.body);
    response.prepare_payload();
    return response;
}

Async<void> converse(Stream stream, HttpServer::Handler handler, Place place) {
    static_cast<void>(place);
    stream.expires_after(time_limit);
    beast::flat_buffer buffer(max_header_bytes);
    Parser parser;
    parser.header_limit(max_header_bytes);
    const auto [error, read] = co_await http::async_read_header(stream, buffer, parser, awaited);
    if (error == http::error::end_of_stream || error == beast::error::timeout) co_return;
    auto answer = refuse(error, parser);
    if (!answer) {
        auto path = path_of(parser);
        answer = co_await handler(std::move(path));
    }
    auto response = response_of(std::move(*answer));
    co_await http::async_write(stream, response, awaited);
    beast::error_code ignored;
    stream.socket().shutdown(Generic::socket::shutdown_send, ignored);
}

}  // namespace

class HttpServer::Impl {
  public:
    Impl(asio::any_io_executor executor, const ListeningSocket& socket,
         config::AdminAddress address)
        : acceptor_(std::move(executor)), address_(std::move(address)) {
        acceptor_.assign(Generic(socket.family, 0), socket.descriptor);
        if (path()) static_cast<void>(::stat(path()->c_str(), &made_));
    }
    ~Impl() { close(); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    static void start(const std::shared_ptr<Impl>& self, Handler handler) {
        self->handler_ = std::move(handler);
        asio::co_spawn(self->acceptor_.get_executor(), accept(self), asio::detached);
    }

    static Async<void> accept(std::shared_ptr<Impl> self) {
        asio::steady_timer pause(self->acceptor_.get_executor());
        while (self->acceptor_.is_open()) {
            auto [error, socket] = co_await self->acceptor_.async_accept(awaited);
            if (!error) {
                self->serve(std::move(socket));
            } else if (self->acceptor_.is_open()) {
                pause.expires_after(shortage_pause);
                co_await pause.async_wait(awaited);
            }
        }
    }

    void close() {
        if (!acceptor_.is_open()) return;
        beast::error_code ignored;
        acceptor_.close(ignored);
        // The next server may have put its own in that place.
        struct stat there {};
        const bool ours = path() && ::stat(path()->c_str(), &there) == 0 &&
                          there.st_dev == made_.st_dev && there.st_ino == made_.st_ino;
        if (ours) ::unlink(path()->c_str());
    }

    [[nodiscard]] std::string bound() const {
        auto address = address_;
        if (auto* endpoint = std::get_if<config::Endpoint>(&address)) {
            const auto local = acceptor_.local_endpoint();
            endpoint->port = port_of(*local.data());
        }
        return to_string(address);
    }

  private:
    [[nodiscard]] const std::filesystem::path* path() const {
        return std::get_if<std::filesystem::path>(&address_);
    }

    static std::uint16_t port_of(const sockaddr& address) {
        return ntohs(address.sa_family == AF_INET6
                         ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                         : reinterpret_cast<const sockaddr_in&>(address).sin_port);
    }

    void serve(Generic::socket socket) {
        if (*connections_ >= max_connections) return;
        asio::co_spawn(acceptor_.get_executor(),
                       converse(Stream(std::move(socket)), handler_, Place(connections_)),
                       asio::detached);
    }

    asio::basic_socket_acceptor<Generic> acceptor_;
    config::AdminAddress address_;
    struct stat made_ {};  ///< of the Unix socket
    Handler handler_;
    std::shared_ptr<unsigned> connections_ = std::make_shared<unsigned>(0);
};

HttpServer::HttpServer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() {
    impl_->close();
}

std::variant<std::unique_ptr<HttpServer>, std::string> HttpServer::open(
    asio::any_io_executor executor, const config::AdminAddress& address) {
    auto socket = listen_on(address);
    if (auto* problem = std::get_if<std::string>(&socket)) return std::move(*problem);
    auto impl =
        std::make_shared<Impl>(std::move(executor), std::get<ListeningSocket>(socket), address);
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

void HttpServer::start(Handler handler) {
    Impl::start(impl_, std::move(handler));
}

std::string HttpServer::bound() const {
    return impl_->bound();
}

}  // namespace sallyport::server::admin
