#pragma once

#include <span>
#include <string_view>

#include "protocol/ftp/outcome.hpp"
#include "protocol/ftp/session_state.hpp"

namespace sallyport::ftp {

/// When a verb may be used. The zero value refuses, so a row that forgets it is dead.
enum class Access {
    never,     ///< known, and refused with the row's own handler or 502
    anytime,   ///< inside TLS, before the login too
    login,     ///< after the login
    transfer,  ///< after the login and PROT P: needs a data connection
};

/// What happens when it arrives while a transfer runs. The zero value waits its turn.
enum class InTransfer { waits, at_once, aborts };

using Handler = Outcome (*)(SessionState&, std::string_view argument);

/// One row of the verb table: dispatch, policy, HELP and FEAT all come from here.
struct VerbRow {
    std::string_view name;
    Handler handler = nullptr;
    Access access = Access::never;
    std::string_view help = {};     ///< synopsis; empty: not listed, because it does not work here
    std::string_view feature = {};  ///< FEAT lines (RFC 2389), separated by '\n'; empty: none
    InTransfer in_transfer = InTransfer::waits;
};

/// The row of a verb in upper case; nullptr when there is none.
[[nodiscard]] const VerbRow* find_verb(std::string_view verb);
[[nodiscard]] std::span<const VerbRow> verb_table();

/// Reply to FEAT: the same before and inside TLS.
[[nodiscard]] Reply feature_reply();
/// Reply to HELP, of all verbs or of one.
[[nodiscard]] Reply help_reply(std::string_view verb);

}  // namespace sallyport::ftp
