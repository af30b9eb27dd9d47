#include "server/ftps/plain_control.hpp"

#include <sodium.h>
#include <sys/socket.h>

#include <array>

#include "protocol/ftp/plain_session.hpp"

namespace sallyport::server::ftps {
namespace {

using events::Level;
using net::Tcp;

/// Bytes read at once in clear: AUTH TLS needs ten.
constexpr std::size_t read_size = 512;
/// For a refused client to read its reply and close.
constexpr auto close_limit = std::chrono::seconds(1);

/// The clear-text half of one connection. Ends by `upgraded_` or by closing.
class PlainControl final : public Drainable {
  public:
    explicit PlainControl(Connection& connection)
        : connection_(connection), session_(connection.snapshot->config->server.name) {}

    /// True when the client asked for TLS and 234 was sent.
    Async<bool> run() {
        if (!co_await send(session_.greeting())) co_return false;
        while (!over_) {
            if (!co_await read()) break;
            while (!over_) {
                const auto line = decoder_.next();
                if (!line) break;
                co_await answer(session_.handle(*line, more_follows()));
            }
        }
        if (draining_ && !over_) co_await close_after(ftp::reply(421, "Server is stopping."));
        co_return upgraded_;
    }

    /// There is nothing worth finishing.
    void drain() override {
        draining_ = true;
        boost::system::error_code ignored;
        connection_.socket.cancel(ignored);
    }
    void abort() override { ::shutdown(connection_.socket.native_handle(), SHUT_RDWR); }

  private:
    /// Bytes behind the line being handled: already decoded from, or still in the socket.
    bool more_follows() {
        char next = 0;
        return !decoder_.empty() ||
               ::recv(connection_.socket.native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
    }

    Async<bool> read() {
        if (draining_ || std::chrono::steady_clock::now() >= connection_.login_deadline) {
            co_return false;
        }
        const auto ready = co_await net::wait_ready(connection_.socket, Tcp::socket::wait_read,
                                                    connection_.login_deadline);
        if (ready != net::Ready::ready) co_return false;
        std::array<char, read_size> bytes;
        boost::system::error_code error;
        const auto count = connection_.socket.read_some(boost::asio::buffer(bytes), error);
        if (error == boost::asio::error::would_block) co_return true;
        if (error) co_return false;
        decoder_.feed({bytes.data(), count});
        sodium_memzero(bytes.data(), count);
        co_return true;
    }

    Async<bool> send(const ftp::Reply& reply) {
        const auto text = reply.wire();
        std::size_t sent = 0;
        while (sent < text.size()) {
            boost::system::error_code error;
            sent += connection_.socket.write_some(
                boost::asio::buffer(text.data() + sent, text.size() - sent), error);
            if (!error) continue;
            if (error != boost::asio::error::would_block) co_return false;
            const auto ready = co_await net::wait_ready(connection_.socket, Tcp::socket::wait_write,
                                                        connection_.login_deadline);
            if (ready != net::Ready::ready) co_return false;
        }
        co_return true;
    }

    Async<void> close_after(ftp::Reply reply) {
        over_ = true;
        co_await send(reply);
        // Unread bytes would turn our close into a reset that eats the reply.
        boost::system::error_code ignored;
        connection_.socket.shutdown(Tcp::socket::shutdown_send, ignored);
        co_await net::discard_until_closed(connection_.socket,
                                           std::chrono::steady_clock::now() + close_limit);
    }

    Async<void> answer(ftp::PlainOutcome outcome) {
        if (auto* reply = std::get_if<ftp::Reply>(&outcome)) {
            over_ = !co_await send(*reply);
        } else if (auto* close = std::get_if<ftp::Close>(&outcome)) {
            co_await close_after(std::move(close->reply));
        } else if (auto* start = std::get_if<ftp::StartTls>(&outcome)) {
            over_ = true;
            upgraded_ = co_await send(start->reply);
        } else if (auto* password = std::get_if<ftp::CleartextPassword>(&outcome)) {
            co_await refuse_password(std::move(*password));
        } else if (auto* injection = std::get_if<ftp::Injection>(&outcome)) {
            connection_.events.emit(Level::warning, "tls.injection");
            co_await close_after(std::move(injection->reply));
        } else {
            over_ = true;
        }
    }

    Async<void> refuse_password(ftp::CleartextPassword refused) {
        connection_.events.emit(Level::warning, "auth.cleartext");
        // Right or wrong: a difference would tell which it was.
        connection_.newcomer->failed(auth::Refusal::wrong_password);
        co_await close_after(std::move(refused.reply));
        boost::system::error_code ignored;
        connection_.socket.shutdown(Tcp::socket::shutdown_both, ignored);
        connection_.newcomer.reset();
        if (refused.user.empty()) co_return;
        const auto& snapshot = *connection_.snapshot;
        const auto& events = connection_.events;
        auth::ExposedPassword exposed{std::move(refused.user), std::move(refused.password),
                                      events.address(), "ftps", events.session()};
        co_await snapshot.exposed->check(snapshot.authenticator,
                                         snapshot.config->on_exposed_password, std::move(exposed),
                                         events);
    }

    Connection& connection_;
    ftp::PlainSession session_;
    ftp::LineDecoder decoder_;
    bool over_ = false;
    bool upgraded_ = false;
    bool draining_ = false;
};

/// A connection in its handshake: there is nothing worth finishing, and no way to say so.
class Handshake final : public Drainable {
  public:
    explicit Handshake(net::Tcp::socket& socket) : descriptor_(socket.native_handle()) {}
    void drain() override { abort(); }
    void abort() override { ::shutdown(descriptor_, SHUT_RDWR); }

  private:
    int descriptor_;
};

/// True when the peer's first byte can begin a TLS handshake. It is looked at, not taken: OpenSSL
/// reads the connection from its very first byte.
Async<bool> begins_tls(Connection& connection, net::SteadyTime deadline) {
    constexpr char tls_handshake_record = '\x16';
    const auto ready =
        co_await net::wait_ready(connection.socket, Tcp::socket::wait_read, deadline);
    if (ready != net::Ready::ready) co_return false;
    char first = 0;
    const auto count =
        ::recv(connection.socket.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count == 1 && first != tls_handshake_record) {
        connection.events.emit(Level::warning, "tls.injection");
        co_return false;
    }
    co_return count == 1;
}

}  // namespace

Async<std::unique_ptr<tls::Stream>> start_tls(Connection& connection,
                                              const tls::SessionBinding& binding) {
    Handshake handshake(connection.socket);
    const SessionRegistry::Entry registered(*connection.registry, handshake);
    const auto limit = connection.snapshot->config->limits.handshake;
    if (!co_await begins_tls(connection, std::chrono::steady_clock::now() + limit))
        co_return nullptr;
    auto stream =
        co_await tls::Stream::accept(std::move(connection.socket), connection.snapshot->tls,
                                     binding, tls::Purpose::control, limit);
    if (!stream) {
        connection.events.emit(Level::info, "tls.failed",
                               {{"reason", std::string(describe(stream.error()))}});
        co_return nullptr;
    }
    const auto info = (*stream)->info();
    events::Fields fields{
        {"version", info.version}, {"cipher", info.cipher}, {"resumed", info.resumed}};
    if (const auto certificate = (*stream)->certificate()) {
        fields.push_back({"certificate", "sha256:" + certificate->fingerprint});
        fields.push_back({"subject", certificate->subject});
    }
    connection.events.emit(Level::info, "tls.handshake", std::move(fields));
    co_return std::move(*stream);
}

Async<std::unique_ptr<tls::Stream>> upgrade(Connection& connection,
                                            const tls::SessionBinding& binding) {
    bool upgraded = false;
    {
        PlainControl plain(connection);
        const SessionRegistry::Entry registered(*connection.registry, plain);
        upgraded = co_await plain.run();
    }
    if (!upgraded) co_return nullptr;
    co_return co_await start_tls(connection, binding);
}

}  // namespace sallyport::server::ftps
