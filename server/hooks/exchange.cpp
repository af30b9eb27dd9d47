#include "server/hooks/exchange.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "server/version.hpp"

namespace sallyport::server::hooks {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Parser = http::response_parser<http::string_body>;

constexpr std::size_t read_size = 4096;
/// Longest head of a response, in bytes.
constexpr std::uint32_t max_head_bytes = 8192;

/// Everything up to the body.
auth::Secret head_of(const Post& post) {
    std::string head = fmt::format(
        "POST {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: sallyport/{}\r\nAccept: application/json\r\n"
        "Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n",
        post.target, post.host, version, post.body.size());
    if (!post.token.empty())
        head.append("Authorization: Bearer ").append(post.token.reveal()).append("\r\n");
    head += "\r\n";
    auth::Secret sealed(head);
    sodium_memzero(head.data(), head.size());
    return sealed;
}

Async<bool> send(ByteStream& stream, const auth::Secret& bytes, net::SteadyTime deadline) {
    const auto text = bytes.reveal();
    co_return co_await stream.write(std::as_bytes(std::span(text)), deadline);
}

/// Takes what is in `unread`, or what the end of the connection means. Why that is no response;
/// empty when nothing is wrong.
std::string feed(Parser& parser, boost::beast::flat_buffer& unread, bool at_end) {
    boost::system::error_code error;
    // The parser takes an end without a beginning for a response.
    if (at_end && !parser.got_some()) return "no HTTP response: nothing came";
    if (at_end) {
        parser.put_eof(error);
    } else {
        unread.consume(parser.put(unread.data(), error));
    }
    if (!error || (error == http::error::need_more && !at_end)) return "";
    if (error == http::error::body_limit) return "the answer is too long";
    return "no HTTP response: " + error.message();
}

}  // namespace

Async<Answered> exchange(ByteStream& stream, const Post& post, net::SteadyTime deadline) {
    const auto head = head_of(post);
    bool sent = co_await send(stream, head, deadline);
    if (sent) sent = co_await send(stream, post.body, deadline);
    if (!sent) co_return NoAnswer{"the request could not be sent"};
    Parser parser;
    parser.eager(true);
    parser.header_limit(max_head_bytes);
    parser.body_limit(post.max_answer_bytes);
    boost::beast::flat_buffer unread;
    while (!parser.is_done()) {
        const auto room = unread.prepare(read_size);
        const std::span<std::byte> into(static_cast<std::byte*>(room.data()), room.size());
        const auto count = co_await stream.read_some(into, deadline);
        if (!count) co_return NoAnswer{"no answer in time"};
        unread.commit(*count);
        auto problem = feed(parser, unread, *count == 0);
        if (!problem.empty()) co_return NoAnswer{std::move(problem)};
    }
    const auto status = parser.get().result_int();
    if (status != 200) co_return NoAnswer{fmt::format("the status is {}", status)};
    co_return std::move(parser.get().body());
}

}  // namespace sallyport::server::hooks
