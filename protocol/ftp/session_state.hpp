#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "protocol/ftp/reply.hpp"
#include "storage/digest.hpp"
#include "storage/entry.hpp"
#include "storage/virtual_path.hpp"

namespace sallyport::ftp {

/// What the session is told by its driver, once.
struct SessionOptions {
    std::string server_name;
    bool ipv6 = false;  ///< the control connection runs over IPv6: PASV cannot work
    std::function<storage::FileTime()> clock;  ///< wall clock, for listings
    bool has_certificate = false;              ///< the client has shown one to TLS
};

/// Everything that commands change. Lives inside TLS only; begins anew with each control
/// connection.
struct SessionState {
    SessionOptions options;

    std::string pending_user;  ///< named by USER, not yet proved by PASS
    bool logged_in = false;
    int failed_logins = 0;
    int bad_commands = 0;

    bool protect_data = false;   ///< PROT P was given
    bool extended_only = false;  ///< EPSV ALL was given (RFC 2428 section 4)
    bool passive_open = false;   ///< a passive port waits for a data connection

    storage::VirtualPath directory;
    // RFC 959 starts with ASCII; here files arrive byte for byte unless a client asks for
    // conversion.
    bool ascii = false;
    std::uint64_t restart_at = 0;
    std::uint64_t announced_size = 0;  ///< bytes that ALLO said the next upload has; 0: unknown
    std::optional<storage::VirtualPath> rename_from;
    storage::DigestAlgorithm hash = storage::DigestAlgorithm::sha256;
};

/// Forgets who the client is and what it set up, as before the login. TLS and the counters of
/// misbehaviour stay.
void reset_login(SessionState& state);

}  // namespace sallyport::ftp
