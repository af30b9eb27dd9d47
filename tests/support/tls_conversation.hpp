#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <csignal>
#include <exception>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <thread>

#include "server/tls/stream.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/loopback.hpp"
#include "tests/support/tls_client.hpp"
#include "tests/unit/storage/temporary_directory.hpp"

namespace sallyport::test {

using Accepted = tls::Result<std::unique_ptr<tls::Stream>>;
using namespace std::chrono_literals;

/// Longer than any test; what is to happen happens long before.
inline constexpr tls::Stream::Limit patience = 30s;

inline std::span<const std::byte> bytes(std::string_view text) {
    return std::as_bytes(std::span(text));
}

/// A server certificate, and TLS connections over loopback between a Stream and a blocking client
/// on a thread of its own.
class TlsConversation : public testing::Test {
  protected:
    TlsConversation() {
        std::signal(SIGPIPE, SIG_IGN);
        const auto key = elliptic_key();
        write_certificate(options_.certificate, key);
        write_key(options_.key, key);
        context_ = load();
    }

    [[nodiscard]] std::shared_ptr<const tls::Context> load() const {
        auto loaded = tls::Context::load(options_);
        return std::get<std::shared_ptr<const tls::Context>>(loaded);
    }

    /// `client` is called with the client's socket, `server` with what Stream::accept yields.
    template <class Client, class Server>
    void converse_raw(const Client& client, const Server& server,
                      tls::Stream::Limit handshake_limit = patience) {
        boost::asio::io_context loop(1);
        Loopback ends(loop);
        std::thread thread([&] { client(ends.client); });
        std::exception_ptr failure;
        boost::asio::co_spawn(loop, serve(std::move(ends.server), server, handshake_limit),
                              [&](std::exception_ptr thrown) { failure = thrown; });
        loop.run();
        thread.join();
        if (failure) std::rethrow_exception(failure);
    }

    /// The same, with TLS at the client's end.
    template <class Client, class Server>
    void converse(const TlsClientOptions& options, const Client& client, const Server& server) {
        converse_raw(
            [&](net::Tcp::socket& socket) {
                TlsClient speaker(socket.native_handle(), options);
                client(speaker);
            },
            server);
    }

    TemporaryDirectory directory_;
    config::Tls options_{.certificate = directory_.path() / "certificate.pem",
                         .key = directory_.path() / "key.pem"};
    std::shared_ptr<const tls::Context> context_;
    tls::SessionBinding binding_ = tls::SessionBinding::make();
    tls::Purpose purpose_ = tls::Purpose::control;

  private:
    template <class Server>
    Async<void> serve(net::Tcp::socket socket, const Server& server, tls::Stream::Limit limit) {
        auto accepted =
            co_await tls::Stream::accept(std::move(socket), context_, binding_, purpose_, limit);
        co_await server(std::move(accepted));
    }
};

}  // namespace sallyport::test
