#include "server/ftps/control.hpp"

#include "server/ftps/plain_control.hpp"
#include "server/ftps/secure_control.hpp"

namespace sallyport::server::ftps {
namespace {

Async<std::unique_ptr<tls::Stream>> secure(Connection& connection,
                                           const tls::SessionBinding& binding) {
    if (connection.listener.protocol == config::Protocol::ftps_implicit) {
        co_return co_await start_tls(connection, binding);
    }
    co_return co_await upgrade(connection, binding);
}

}  // namespace

Async<void> serve(Connection connection) {
    const bool implicit = connection.listener.protocol == config::Protocol::ftps_implicit;
    const auto binding = tls::SessionBinding::make();
    auto stream = co_await secure(connection, binding);
    if (!stream) {
        connection.events.close("no TLS");
        co_return;
    }
    SecureControl control(connection, std::move(stream), binding, connection.login_deadline);
    co_await control.run(implicit);
}

}  // namespace sallyport::server::ftps
