// USER, PASS, ACCT, QUIT: RFC 959 section 4.1.1, RFC 4217 section 6. A password is only ever seen
// here, inside TLS.

#include "protocol/ftp/limits.hpp"
#include "protocol/ftp/verbs/verbs.hpp"

namespace sallyport::ftp::verbs {

Reply password_needed_reply() {
    return reply(331, "Password needed.");
}

Outcome user(SessionState& state, std::string_view argument) {
    if (argument.empty()) return reply(501, "USER needs a name.");
    reset_login(state);
    state.pending_user = argument;
    if (state.options.has_certificate) return Login{state.pending_user, {}, true};
    return password_needed_reply();
}

Outcome pass(SessionState& state, std::string_view argument) {
    if (state.logged_in) return reply(503, "Already logged in.");
    if (state.pending_user.empty()) return reply(503, "Send USER first.");
    return Login{std::exchange(state.pending_user, {}), auth::Secret(argument), false};
}

Outcome acct(SessionState&, std::string_view) {
    return reply(202, "No account is needed.");
}

Outcome quit(SessionState&, std::string_view) {
    return Close{reply(221, "Goodbye."), "quit"};
}

}  // namespace sallyport::ftp::verbs
