#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <utility>

#include "server/net/wait.hpp"

namespace sallyport::test {

inline boost::asio::ip::address address(const char* text) {
    return boost::asio::ip::make_address(text);
}

/// Connects to 127.0.0.1 from `from`; `error` says when that fails.
inline net::Tcp::socket connect(boost::asio::io_context& loop, std::uint16_t port,
                                boost::system::error_code& error, const char* from = "127.0.0.1") {
    net::Tcp::socket socket(loop, net::Tcp::endpoint(address(from), 0));
    socket.connect({address("127.0.0.1"), port}, error);
    return socket;
}

inline net::Tcp::socket connect(boost::asio::io_context& loop, std::uint16_t port,
                                const char* from = "127.0.0.1") {
    boost::system::error_code error;
    auto socket = connect(loop, port, error, from);
    if (error) throw boost::system::system_error(error);
    return socket;
}

/// Both ends of one TCP connection.
struct Loopback {
    explicit Loopback(boost::asio::io_context& loop) : server(loop), client(loop) {
        net::Tcp::acceptor acceptor(loop, {address("127.0.0.1"), 0});
        client = connect(loop, acceptor.local_endpoint().port());
        server = acceptor.accept();
    }

    net::Tcp::socket server;
    net::Tcp::socket client;
};

/// Everything until the other end closes or resets. Blocks.
inline std::string read_to_end(net::Tcp::socket& socket) {
    std::string all;
    char part[1024];
    boost::system::error_code error;
    while (const auto count = socket.read_some(boost::asio::buffer(part), error)) {
        all.append(part, count);
    }
    return all;
}

}  // namespace sallyport::test
