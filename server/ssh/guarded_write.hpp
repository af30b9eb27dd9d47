#pragma once

#include <libssh/libssh.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace sallyport::server::ssh {

/// `ssh_channel_write` or `ssh_channel_write_stderr`.
using ChannelWrite = int (*)(ssh_channel channel, const void* data, std::uint32_t size);

/// Calls `write` for the first bytes of a channel. libssh 0.10.6 sends empty packets without
/// end to a peer that opened the channel with a maximum packet of 10 bytes: that is noticed, and
/// answered with nothing; the connection must then be cut. Otherwise the bytes written, or a
/// negative number.
[[nodiscard]] std::optional<int> write_guarded(ChannelWrite write, ssh_channel channel,
                                               std::span<const std::byte> bytes);

}  // namespace sallyport::server::ssh
