#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/monitor/live_sessions.hpp"
#include "storage/backend.hpp"

namespace sallyport::server::monitor {

/// A source of connections that is shut out for a while.
struct PenaltyView {
    std::string source;  ///< an address, or a network
    double seconds_left = 0;
};

/// A certificate that clients are shown.
struct CertificateView {
    std::string fingerprint;
    std::chrono::sys_seconds expires;
};

/// Threads for blocking work.
struct PoolView {
    std::string_view name;
    std::size_t threads = 0;
    std::size_t jobs = 0;              ///< running or waiting
    std::optional<std::size_t> limit;  ///< jobs beyond it are refused
};

/// An open listener.
struct ListenerView {
    config::Protocol protocol = config::Protocol::ftps;
    std::string address;  ///< "127.0.0.1:2121"
};

/// Why a server that is about to end is not ready.
inline constexpr std::string_view draining = "draining";

/// The server at one moment. Holds no secret.
struct Status {
    std::string name;
    std::chrono::system_clock::time_point started;
    double uptime = 0;                   ///< seconds
    std::vector<std::string> not_ready;  ///< why no client should be sent here; empty: ready
    std::vector<ListenerView> listeners;
    std::vector<SessionView> sessions;
    std::vector<PenaltyView> penalties;
    std::vector<CertificateView> certificates;
    std::vector<PoolView> pools;
    std::optional<storage::Space> space;  ///< of the storage root; nothing: not usable
    struct Moved {
        config::Protocol protocol = config::Protocol::ftps;
        Direction direction = Direction::upload;
        std::uint64_t bytes = 0;
    };
    std::vector<Moved> moved;  ///< bytes of files since the start
};

}  // namespace sallyport::server::monitor
