// PASV, EPSV, PORT, EPRT, ABOR: RFC 959 section 4.1.2, RFC 2428. The server never connects out.

#include "protocol/ftp/arguments.hpp"
#include "protocol/ftp/verbs/verbs.hpp"

namespace sallyport::ftp::verbs {

Outcome pasv(SessionState& state, std::string_view) {
    if (state.extended_only) return reply(501, "EPSV ALL was given: use EPSV.");
    if (state.options.ipv6) return reply(425, "PASV knows IPv4 only: use EPSV.");
    return OpenPassive{false};
}

Outcome epsv(SessionState& state, std::string_view argument) {
    if (equal_ignoring_case(argument, "ALL")) {
        state.extended_only = true;
        return reply(200, "Only EPSV is accepted from now on.");
    }
    if (argument.empty()) return OpenPassive{true};
    const auto family = parse_number(argument);
    if (!family) return reply(501, "EPSV takes nothing, ALL, 1 or 2.");
    const std::uint64_t served = state.options.ipv6 ? 2 : 1;
    if (*family == served) return OpenPassive{true};
    return reply(522, state.options.ipv6 ? "Network protocol not supported, use (2)."
                                         : "Network protocol not supported, use (1).");
}

Outcome port(SessionState&, std::string_view) {
    return reply(502, "This server never connects out: use EPSV or PASV.");
}

Outcome abor(SessionState&, std::string_view) {
    return reply(226, "Nothing is being transferred.");
}

}  // namespace sallyport::ftp::verbs
