#pragma once

#include "server/connection.hpp"

namespace sallyport::server::ftps {

/// Serves one FTPS control connection from greeting to close. Throws only what the caller logs.
Async<void> serve(Connection connection);

}  // namespace sallyport::server::ftps
