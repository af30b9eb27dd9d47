#include "server/ssh/serve.hpp"

#include "server/ssh/login.hpp"
#include "server/ssh/sftp_connection.hpp"

namespace sallyport::server::ssh {
namespace {

using events::Level;
using Clock = std::chrono::steady_clock;

/// For the client to take our last words and close.
constexpr auto close_limit = std::chrono::seconds(2);

/// A connection that nobody has logged in on: there is nothing worth finishing.
class Threshold final : public Drainable {
  public:
    explicit Threshold(Transport& transport) : transport_(transport) {}
    void drain() override { transport_.abort(); }
    void abort() override { transport_.abort(); }

  private:
    Transport& transport_;
};

/// Key exchange and login. Ends with the reason of failure when nobody is in. Where GCC 12 inlines
/// it, it takes the frame for one that is freed otherwise than it was allocated.
[[gnu::noinline]] Async<std::optional<Login::Done>> let_in(Connection& connection,
                                                           Transport& transport,
                                                           std::string_view& reason) {
    Threshold threshold(transport);
    const SessionRegistry::Entry registered(*connection.registry, threshold);
    const auto& limits = connection.snapshot->config->limits;
    const Transport::HandshakeLimits handshake{
        std::min(connection.login_deadline, Clock::now() + limits.handshake),
        connection.login_deadline};
    if (!co_await transport.handshake(handshake)) {
        reason = "no key exchange";
        co_return std::nullopt;
    }
    connection.events.emit(Level::info, "ssh.handshake",
                           {{"cipher", transport.cipher()},
                            {"kex", transport.key_exchange()},
                            {"client", transport.client_banner()}});
    Login login(connection, transport);
    auto done = co_await login.run();
    reason = login.end_reason();
    co_return done;
}

Async<std::string_view> serve_on(Connection& connection, Transport& transport) {
    std::string_view reason;
    auto done = co_await let_in(connection, transport, reason);
    if (!done) co_return reason;
    SftpConnection session(connection, transport, std::move(done->principal),
                           std::move(done->volume));
    co_return co_await session.run();
}

}  // namespace

Async<void> serve(Connection connection) {
    auto session = connection.snapshot->ssh->accept(connection.socket.native_handle());
    if (!session) {
        connection.events.emit(Level::error, "session.failed",
                               {{"reason", std::string("no memory or descriptor")}});
        co_return;
    }
    Transport transport(connection.socket, std::move(session));
    std::string reason = "failed";
    std::exception_ptr failure;
    try {
        reason = co_await serve_on(connection, transport);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        transport.abort();
    } else {
        co_await transport.disconnect(reason, Clock::now() + close_limit);
    }
    connection.events.close(reason);
    if (failure) std::rethrow_exception(failure);
}

}  // namespace sallyport::server::ssh
