// AUTH, PBSZ, PROT, CCC inside TLS: RFC 2228, RFC 4217 sections 9 and 12. Protection only ever
// rises.

#include "protocol/ftp/arguments.hpp"
#include "protocol/ftp/verbs/verbs.hpp"

namespace sallyport::ftp::verbs {

Outcome auth(SessionState&, std::string_view) {
    return reply(503, "TLS is on already.");
}

Outcome pbsz(SessionState&, std::string_view argument) {
    const auto size = parse_number(argument);
    if (!size || *size > UINT32_MAX) return reply(501, "PBSZ needs a number: PBSZ 0.");
    // TLS protects streams, so every answer is 0 (RFC 4217 section 9).
    return reply(200, *size == 0 ? "OK." : "PBSZ=0");
}

Outcome prot(SessionState& state, std::string_view argument) {
    if (argument.empty()) return reply(501, "PROT needs a level: PROT P.");
    if (equal_ignoring_case(argument, "P")) {
        state.protect_data = true;
        return reply(200, "Data connections are encrypted.");
    }
    for (std::string_view level : {"C", "S", "E"}) {
        if (equal_ignoring_case(argument, level)) {
            return reply(534, "Data connections are encrypted only: PROT P.");
        }
    }
    return reply(504, "Unknown protection level: PROT P.");
}

Outcome ccc(SessionState&, std::string_view) {
    return reply(534, "This connection stays encrypted.");
}

}  // namespace sallyport::ftp::verbs
