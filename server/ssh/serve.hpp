#pragma once

#include "server/connection.hpp"

namespace sallyport::server::ssh {

/// Serves one SFTP connection from key exchange to close. Throws only what the caller logs.
Async<void> serve(Connection connection);

}  // namespace sallyport::server::ssh
