#pragma once

#include <memory>
#include <string>
#include <variant>

#include "server/snapshot.hpp"
#include "storage/blocking_pool.hpp"

namespace sallyport::server {

/// The threads for blocking work, shared by all sessions.
struct Pools {
    BlockingPool files;    ///< disk
    BlockingPool hashing;  ///< passwords: few threads, short queue, 19 MiB each

    Pools();
};

/// Everything that a configuration describes, made; or one sentence saying what cannot be.
/// `backend` is kept over reloads.
[[nodiscard]] std::variant<std::shared_ptr<const Snapshot>, std::string> make_snapshot(
    std::shared_ptr<const config::Config> config, std::shared_ptr<storage::Backend> backend,
    Pools& pools);

/// As many descriptors as the system grants: each session needs up to four.
void raise_descriptor_limit();

}  // namespace sallyport::server
