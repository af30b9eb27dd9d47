#pragma once

#include <cstddef>

/// Limits of the FTP control channel; each says which attack it stops.
namespace sallyport::ftp {

/// Longest command line, in bytes with its line end. Stops memory growth by a line without end
/// (ProFTPD CVE-2019-18217).
inline constexpr std::size_t max_line_bytes = 4096;

/// Command lines read ahead while an earlier command or a transfer is still being worked on. Stops
/// a client that never reads replies from queueing work without bound.
inline constexpr std::size_t max_pending_lines = 32;

/// Commands refused in clear before the connection is closed. A client that goes on after two clear
/// refusals is not going to upgrade.
inline constexpr int max_clear_refusals = 3;

/// Commands that make no sense before the login, and in all, before the connection is closed. Stops
/// probing and cross-protocol attacks that hope for one line in many (ALPACA).
inline constexpr int max_bad_commands_before_login = 10;
inline constexpr int max_bad_commands = 20;

/// Wrong passwords before the connection is closed. Stops guessing on one connection.
inline constexpr int max_failed_logins = 3;

}  // namespace sallyport::ftp
