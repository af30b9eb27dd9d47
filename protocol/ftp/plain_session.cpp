#include "protocol/ftp/plain_session.hpp"

#include <fmt/format.h>

#include "auth/authenticator.hpp"
#include "protocol/ftp/arguments.hpp"
#include "protocol/ftp/limits.hpp"
#include "protocol/ftp/verb_table.hpp"

namespace sallyport::ftp {
namespace {

constexpr std::string_view refusal_text =
    "This server accepts encrypted sessions only. Send AUTH TLS first (FTPS; in Python: FTP_TLS "
    "and prot_p()).";

/// What is kept of a user name: one byte more than the longest, so that a longer one stays wrong.
constexpr std::size_t max_named_user_bytes = auth::max_user_bytes + 1;

Reply help() {
    return reply(214, "Until TLS is on:", {"AUTH TLS FEAT HELP NOOP QUIT"}, "Send AUTH TLS.");
}

}  // namespace

Reply PlainSession::greeting() const {
    return reply(
        220, fmt::format("{} Sallyport: encrypted sessions only, send AUTH TLS.", server_name_));
}

PlainOutcome PlainSession::handle(const Decoded& line, bool more_follows) {
    if (std::holds_alternative<Foreign>(line)) return Drop{"not FTP"};
    if (std::holds_alternative<LineTooLong>(line)) {
        return Close{reply(500, "Command line too long."), "line too long"};
    }
    if (const auto* command = std::get_if<Command>(&line))
        return handle_command(*command, more_follows);
    return refuse();
}

PlainOutcome PlainSession::handle_command(const Command& command, bool more_follows) {
    const auto& verb = command.verb;
    if (verb == "AUTH") return authenticate(command.argument.reveal(), more_follows);
    if (verb == "FEAT") return feature_reply();
    if (verb == "HELP") return help();
    if (verb == "NOOP") return reply(200, "OK.");
    if (verb == "QUIT") return Close{reply(221, "Goodbye."), "quit"};
    if (verb == "PASS") return refuse_password(command.argument.reveal());
    if (verb == "USER") named_user_ = command.argument.reveal().substr(0, max_named_user_bytes);
    return refuse();
}

CleartextPassword PlainSession::refuse_password(std::string_view password) const {
    return {reply(530, fmt::format("{} This password was sent in clear: change it.", refusal_text)),
            named_user_, auth::Secret(password)};
}

PlainOutcome PlainSession::authenticate(std::string_view mechanism, bool more_follows) const {
    if (mechanism.empty()) return reply(501, "AUTH needs a mechanism: AUTH TLS.");
    const auto is = [&](std::string_view word) { return equal_ignoring_case(mechanism, word); };
    // "SSL" is what old clients call the same handshake; TLS 1.2 is the least that is negotiated.
    if (!is("TLS") && !is("TLS-C") && !is("SSL")) return reply(504, "Only AUTH TLS is known.");
    if (more_follows)
        return Injection{reply(503, "Nothing may follow AUTH TLS before the handshake.")};
    return StartTls{reply(234, "Begin TLS.")};
}

PlainOutcome PlainSession::refuse() {
    if (++refusals_ >= max_clear_refusals) {
        return Close{reply(421, std::string(refusal_text)), "refused in clear"};
    }
    return reply(530, std::string(refusal_text));
}

}  // namespace sallyport::ftp
