#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace sallyport::net {

/// Who listens on a TCP port of this machine, such as "process 812 (vsftpd)"; empty when /proc does
/// not tell, as it does not about other users' processes. Blocks: for a start that fails.
/// `proc`: where /proc is.
[[nodiscard]] std::string port_owner(std::uint16_t port,
                                     const std::filesystem::path& proc = "/proc");

}  // namespace sallyport::net
