#pragma once

#include <memory>
#include <string>
#include <variant>

#include "config/load.hpp"
#include "server/snapshot.hpp"
#include "server/state/used_codes.hpp"
#include "server/tls/client_context.hpp"
#include "storage/blocking_pool.hpp"

namespace sallyport::server {

/// The threads for blocking work, shared by all sessions.
struct Pools {
    BlockingPool files;    ///< disk
    BlockingPool hashing;  ///< passwords: few threads, short queue, 19 MiB each

    Pools();
};

/// What earlier logins mean for later ones, over reloads.
struct LoginMemory {
    std::unique_ptr<state::UsedCodes> codes;              ///< opened at the start
    std::shared_ptr<exposure::ExposedPasswords> exposed;  ///< opened at the start
};

/// What the server proves itself with, for the doors that are configured.
struct Credentials {
    std::shared_ptr<const tls::Context> tls;         ///< null: no listener speaks FTPS
    std::shared_ptr<const ssh::Context> ssh;         ///< null: no listener speaks SFTP
    std::shared_ptr<const tls::ClientContext> hook;  ///< null: no https hook is asked
};

/// Opens certificates and keys; or says what only opening them shows: no PEM, no match, expired,
/// not valid yet, a weak key, a passphrase.
[[nodiscard]] std::variant<Credentials, config::Problem> load_credentials(
    const config::Config& config);

/// Everything that a configuration describes, made. `credentials` are the ones loaded for it, with
/// those that were in use before where it has none: a listener that it drops stays open until the
/// next start. `backend` is kept over reloads; `pools`, `logins` and `sink` must outlive the
/// snapshot.
[[nodiscard]] std::shared_ptr<const Snapshot> make_snapshot(
    std::shared_ptr<const config::Config> config, Credentials credentials,
    std::shared_ptr<storage::Backend> backend, Pools& pools, LoginMemory& logins,
    events::Sink& sink);

/// The parts of the configuration that differ but take effect at the next start only, such as
/// "storage, listener"; empty when there are none.
[[nodiscard]] std::string needing_restart(const config::Config& running,
                                          const config::Config& wanted);

/// As many descriptors as the system grants: each session needs up to four.
void raise_descriptor_limit();

}  // namespace sallyport::server
