#pragma once

#include <memory>

#include "auth/authenticator.hpp"
#include "config/config.hpp"
#include "server/events/event.hpp"
#include "server/exposure/exposed_passwords.hpp"
#include "server/ssh/context.hpp"
#include "server/tls/context.hpp"
#include "storage/backend.hpp"

namespace sallyport::server {

/// What a session of either door works with: one consistent snapshot of the configuration and all
/// that was made from it. Immutable; a reload makes a new one, and running sessions keep theirs.
struct Snapshot {
    std::shared_ptr<const config::Config> config;
    std::shared_ptr<const tls::Context> tls;  ///< null: no listener speaks FTPS
    std::shared_ptr<const ssh::Context> ssh;  ///< null: no listener speaks SFTP
    std::shared_ptr<auth::Authenticator> authenticator;
    std::shared_ptr<storage::Backend> backend;
    std::shared_ptr<exposure::ExposedPasswords> exposed;
};

}  // namespace sallyport::server
