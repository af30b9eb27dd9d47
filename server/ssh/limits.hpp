#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Limits of the SSH door; each says which attack it stops.
namespace sallyport::server::ssh {

/// Bytes a client may send before it has logged in. Stops floods of requests that libssh drops
/// without a word, such as bad signatures.
inline constexpr std::uint64_t max_bytes_before_login = 256 * 1024;

/// Authentication messages of one connection, whatever they hold. Stops clients that ask without
/// reading the answers.
inline constexpr int max_login_messages = 20;
/// Failed tries of one connection, and how many of these may be passwords or one-time codes. Stops
/// guessing.
inline constexpr int max_failed_tries = 6;
inline constexpr int max_failed_guesses = 3;

/// Requests from the client that wait to be looked at. Stops floods of channel and global requests.
inline constexpr std::size_t max_waiting_messages = 64;

/// Channels of one connection, one after the other; only one is open at a time. Stops connections
/// that open and close without end.
inline constexpr int max_channels = 1000;

/// SSH packets without channel data between two SFTP requests. Stops floods of IGNORE, DEBUG and
/// keep-alive packets.
inline constexpr std::uint64_t max_idle_packets = 10'000;

/// Bytes of SFTP requests that wait to be handled; what comes beyond it stays with libssh, whose
/// window then stops growing. Requests that a rate limit holds back may be one window more.
inline constexpr std::size_t max_waiting_bytes = 512 * 1024;
/// Bytes that libssh holds for us before the connection is closed. An honest peer stays within its
/// window of 1,280,000 bytes, which libssh does not enforce.
inline constexpr std::size_t max_unread_bytes = 2 * 1024 * 1024;

/// Bytes handed to libssh at once; it queues without bound what the peer does not read.
inline constexpr std::size_t max_write_bytes = 256 * 1024;

}  // namespace sallyport::server::ssh
