#include "protocol/ftp/secure_session.hpp"

#include <fmt/format.h>

#include "protocol/ftp/limits.hpp"
#include "protocol/ftp/verbs/verbs.hpp"

namespace sallyport::ftp {

void reset_login(SessionState& state) {
    SessionState fresh;
    fresh.options = std::move(state.options);
    fresh.failed_logins = state.failed_logins;
    fresh.bad_commands = state.bad_commands;
    fresh.protect_data = state.protect_data;
    fresh.passive_open = state.passive_open;
    state = std::move(fresh);
}

Reply SecureSession::greeting() const {
    return reply(
        220, fmt::format("{} Sallyport: this session is encrypted.", state_.options.server_name));
}

Outcome SecureSession::handle(const Decoded& line) {
    if (std::holds_alternative<Foreign>(line)) return Drop{"not FTP"};
    if (std::holds_alternative<LineTooLong>(line)) {
        return Close{reply(500, "Command line too long."), "line too long"};
    }
    if (const auto* command = std::get_if<Command>(&line)) return handle_command(*command);
    return bad_command(reply(500, "Not a command."));
}

Outcome SecureSession::handle_command(const Command& command) {
    const VerbRow* row = find_verb(command.verb);
    if (command.verb != "RNTO" && row && row->in_transfer == InTransfer::waits) {
        // RNTO must follow RNFR at once (RFC 959 section 4.1.3).
        if (command.verb != "RNFR") state_.rename_from.reset();
    }
    if (!row) return bad_command(reply(500, "Unknown command."));
    if (row->access == Access::never) {
        return row->handler ? row->handler(state_, command.argument.reveal())
                            : Outcome(reply(502, "Not available on this server."));
    }
    if (row->access >= Access::login && !state_.logged_in) {
        return bad_command(reply(530, "Log in with USER and PASS first."));
    }
    if (row->access == Access::transfer && !state_.protect_data) {
        state_.passive_open = false;
        return reply(521, "Data connections are encrypted only: send PROT P first.");
    }
    return row->handler(state_, command.argument.reveal());
}

Outcome SecureSession::bad_command(Reply answer) {
    const int limit = state_.logged_in ? max_bad_commands : max_bad_commands_before_login;
    if (++state_.bad_commands >= limit) {
        return Close{reply(421, "Too many commands that make no sense here."),
                     "too many bad commands"};
    }
    return answer;
}

Reply SecureSession::logged_in() {
    state_.logged_in = true;
    state_.failed_logins = 0;
    const bool by_certificate = !std::exchange(state_.pending_user, {}).empty();
    if (by_certificate) return reply(232, "Logged in by certificate; no password is needed.");
    return reply(230, "Logged in.");
}

Reply SecureSession::password_needed() const {
    return verbs::password_needed_reply();
}

Outcome SecureSession::login_failed() {
    state_.pending_user.clear();
    if (++state_.failed_logins >= max_failed_logins) {
        return Close{reply(421, "Login failed too often."), "too many failed logins"};
    }
    return reply(530, "Login failed.");
}

Reply SecureSession::passive_opened(const OpenPassive& request,
                                    const std::array<std::uint8_t, 4>& address,
                                    std::uint16_t port) {
    state_.passive_open = true;
    if (request.extended) {
        return reply(229, fmt::format("Entering extended passive mode (|||{}|)", port));
    }
    return reply(227, fmt::format("Entering passive mode ({},{},{},{},{},{})", address[0],
                                  address[1], address[2], address[3], port >> 8, port & 0xff));
}

Reply SecureSession::passive_failed() {
    state_.passive_open = false;
    return reply(425, "No passive port is free; try again.");
}

}  // namespace sallyport::ftp
