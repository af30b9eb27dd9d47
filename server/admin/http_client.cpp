#include "server/admin/http_client.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "server/admin/listening_socket.hpp"
#include "server/monitor/status.hpp"
#include "storage/async.hpp"

namespace sallyport::server::admin {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Generic = asio::generic::stream_protocol;
using Outcome = std::variant<Fetched, std::string>;

/// Longest answer taken, in bytes: thousands of sessions fit.
constexpr std::uint64_t max_answer_bytes = 64 * 1024 * 1024;

constexpr auto awaited = asio::as_tuple(asio::use_awaitable);

Generic::endpoint endpoint_of(const config::AdminAddress& address) {
    if (const auto* path = std::get_if<std::filesystem::path>(&address)) {
        return asio::local::stream_protocol::endpoint(path->native());
    }
    const auto& endpoint = std::get<config::Endpoint>(address);
    return asio::ip::tcp::endpoint(asio::ip::make_address(endpoint.address), endpoint.port);
}

Async<beast::error_code> exchange(Generic::socket& socket, Generic::endpoint endpoint,
                                  std::string path, Fetched& fetched) {
    const auto [unconnected] = co_await socket.async_connect(endpoint, awaited);
    if (unconnected) co_return unconnected;
    http::request<http::empty_body> request(http::verb::get, path, 11);
    request.set(http::field::host, "localhost");
    request.keep_alive(false);
    const auto [unsent, sent] = co_await http::async_write(socket, request, awaited);
    if (unsent) co_return unsent;
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(max_answer_bytes);
    const auto [unread, count] = co_await http::async_read(socket, buffer, parser, awaited);
    if (unread) co_return unread;
    fetched.status = parser.get().result_int();
    fetched.body = std::move(parser.get().body());
    co_return beast::error_code();
}

}  // namespace

Outcome fetch(const config::AdminAddress& address, const std::string& path,
              std::chrono::milliseconds limit) {
    const auto problem = [&address](std::string_view why) {
        return fmt::format("no answer from {}: {}", to_string(address), why);
    };
    asio::io_context context(1);
    Generic::socket socket(context);
    Fetched fetched;
    std::optional<beast::error_code> result;
    try {
        asio::co_spawn(context, exchange(socket, endpoint_of(address), path, fetched),
                       [&result](std::exception_ptr failure, beast::error_code error) {
                           if (failure) std::rethrow_exception(failure);
                           result = error;
                       });
        context.run_for(limit);
    } catch (const std::exception& error) {
        return problem(error.what());
    }
    if (!result) return problem("it takes too long");
    if (*result) return problem(result->message());
    return fetched;
}

bool is_draining(const config::AdminAddress& address) {
    constexpr auto limit = std::chrono::seconds(2);
    const auto answer = fetch(address, "/readyz", limit);
    const auto* readiness = std::get_if<Fetched>(&answer);
    return readiness && readiness->body.starts_with("not ready:") &&
           readiness->body.find(monitor::draining) != std::string::npos;
}

}  // namespace sallyport::server::admin
