#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "auth/secret.hpp"

namespace sallyport::ftp {

/// One command line of the control connection (RFC 959 section 5.3).
struct Command {
    std::string verb;       ///< upper-case letters, at most 8
    auth::Secret argument;  ///< everything after the first space: it may be a password
};

/// A line that is no command: control characters, no verb, a verb that is not letters.
struct Malformed {};

/// Bytes of another protocol: HTTP, SMTP, SSH, TLS or telnet negotiation. Never answered (ALPACA).
struct Foreign {};

using ParsedLine = std::variant<Command, Malformed, Foreign>;

/// Parses one line without its line end. The telnet "interrupt process" and "data mark" that
/// clients put before ABOR (RFC 959 section 4.1.3) are skipped; any other telnet command is
/// `Foreign`.
[[nodiscard]] ParsedLine parse_line(std::string_view line);

/// True when a connection whose next line begins with this byte cannot be speaking FTP.
[[nodiscard]] bool is_foreign_start(char first_byte);

}  // namespace sallyport::ftp
