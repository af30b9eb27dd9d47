#pragma once

#include <string>
#include <variant>

#include "protocol/ftp/line_decoder.hpp"
#include "protocol/ftp/outcome.hpp"

namespace sallyport::ftp {

/// Answer 234, then begin TLS on this connection, with nothing carried over.
struct StartTls {
    Reply reply;
};

/// A password arrived in clear: reply, close, raise `auth.cleartext`. Only then may be looked
/// whether it was right, which changes nothing for the client.
struct CleartextPassword {
    Reply reply;
    std::string user;  ///< that was named last; empty: nobody
    auth::Secret password;
};

/// Bytes came behind AUTH TLS: an injection attempt (CVE-2011-0411). Reply, close, raise
/// `tls.injection`.
struct Injection {
    Reply reply;
};

using PlainOutcome = std::variant<Reply, Close, Drop, StartTls, CleartextPassword, Injection>;

/// A control connection in clear (RFC 4217 section 4). It knows AUTH, FEAT, HELP, NOOP and QUIT;
/// its only way on is TLS. It knows no user but by the name that was said last, no directory and no
/// way to reach storage.
class PlainSession {
  public:
    explicit PlainSession(std::string server_name) : server_name_(std::move(server_name)) {}

    [[nodiscard]] Reply greeting() const;
    /// Answers one decoded line. `more_follows`: bytes behind this line have arrived already.
    [[nodiscard]] PlainOutcome handle(const Decoded& line, bool more_follows);

  private:
    [[nodiscard]] PlainOutcome handle_command(const Command& command, bool more_follows);
    [[nodiscard]] CleartextPassword refuse_password(std::string_view password) const;
    [[nodiscard]] PlainOutcome authenticate(std::string_view mechanism, bool more_follows) const;
    [[nodiscard]] PlainOutcome refuse();

    std::string server_name_;
    std::string named_user_;
    int refusals_ = 0;
};

}  // namespace sallyport::ftp
