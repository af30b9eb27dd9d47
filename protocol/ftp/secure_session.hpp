#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "protocol/ftp/line_decoder.hpp"
#include "protocol/ftp/outcome.hpp"
#include "protocol/ftp/session_state.hpp"
#include "protocol/ftp/verb_table.hpp"

namespace sallyport::ftp {

/// A control connection inside TLS: commands in, outcomes out (RFC 959, 2228, 2389, 2428, 3659,
/// 4217). Pure: no socket, clock or thread. One command at a time, except those that the verb table
/// lets through during a transfer.
class SecureSession {
  public:
    explicit SecureSession(SessionOptions options) { state_.options = std::move(options); }

    /// Greeting of a connection that began with TLS.
    [[nodiscard]] Reply greeting() const;
    [[nodiscard]] Outcome handle(const Decoded& line);

    /// Answers to `Login`.
    [[nodiscard]] Reply logged_in();
    [[nodiscard]] Reply password_needed() const;
    [[nodiscard]] Outcome login_failed();

    /// Answers to `OpenPassive`. `address`: the IPv4 address that PASV announces.
    [[nodiscard]] Reply passive_opened(const OpenPassive& request,
                                       const std::array<std::uint8_t, 4>& address,
                                       std::uint16_t port);
    [[nodiscard]] Reply passive_failed();
    /// The passive port was used up by a transfer, or closed.
    void passive_closed() { state_.passive_open = false; }

    /// False when a passive port that is still open must be closed.
    [[nodiscard]] bool passive_wanted() const { return state_.passive_open; }

    [[nodiscard]] bool is_logged_in() const { return state_.logged_in; }

  private:
    [[nodiscard]] Outcome handle_command(const Command& command);
    [[nodiscard]] Outcome bad_command(Reply answer);

    SessionState state_;
};

}  // namespace sallyport::ftp
