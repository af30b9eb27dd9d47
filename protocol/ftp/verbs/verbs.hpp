#pragma once

#include <string_view>

#include "protocol/ftp/outcome.hpp"
#include "protocol/ftp/session_state.hpp"

/// One function per verb, grouped by file. Each gets the state and the argument as sent; the verb
/// table has checked login and PROT P already.
namespace sallyport::ftp::verbs {

// login.cpp: RFC 959 section 4.1.1, RFC 4217 section 6
Reply password_needed_reply();
Outcome user(SessionState&, std::string_view argument);
Outcome pass(SessionState&, std::string_view argument);
Outcome acct(SessionState&, std::string_view argument);
Outcome quit(SessionState&, std::string_view argument);

// security.cpp: RFC 2228, RFC 4217
Outcome auth(SessionState&, std::string_view argument);
Outcome pbsz(SessionState&, std::string_view argument);
Outcome prot(SessionState&, std::string_view argument);
Outcome ccc(SessionState&, std::string_view argument);

// information.cpp: RFC 959 section 4.1.3, RFC 2389, RFC 7151
Outcome noop(SessionState&, std::string_view argument);
Outcome help(SessionState&, std::string_view argument);
Outcome syst(SessionState&, std::string_view argument);
Outcome feat(SessionState&, std::string_view argument);
Outcome host(SessionState&, std::string_view argument);
Outcome lang(SessionState&, std::string_view argument);
Outcome clnt(SessionState&, std::string_view argument);
Outcome csid(SessionState&, std::string_view argument);
Outcome stat(SessionState&, std::string_view argument);

// parameters.cpp: RFC 959 section 4.1.2, RFC 2389 section 4
Outcome opts(SessionState&, std::string_view argument);
Outcome type(SessionState&, std::string_view argument);
Outcome stru(SessionState&, std::string_view argument);
Outcome mode(SessionState&, std::string_view argument);
Outcome allo(SessionState&, std::string_view argument);
Outcome rest(SessionState&, std::string_view argument);

// data_connection.cpp: RFC 959, RFC 2428
Outcome pasv(SessionState&, std::string_view argument);
Outcome epsv(SessionState&, std::string_view argument);
Outcome port(SessionState&, std::string_view argument);
Outcome abor(SessionState&, std::string_view argument);

// transfer.cpp: RFC 959 section 4.1.3, RFC 3659 section 7
Outcome stor(SessionState&, std::string_view argument);
Outcome appe(SessionState&, std::string_view argument);
Outcome stou(SessionState&, std::string_view argument);
Outcome retr(SessionState&, std::string_view argument);
Outcome list(SessionState&, std::string_view argument);
Outcome nlst(SessionState&, std::string_view argument);
Outcome mlsd(SessionState&, std::string_view argument);

// directory.cpp: RFC 959 section 4.1.1 and 4.1.3
Outcome cwd(SessionState&, std::string_view argument);
Outcome cdup(SessionState&, std::string_view argument);
Outcome pwd(SessionState&, std::string_view argument);
Outcome mkd(SessionState&, std::string_view argument);
Outcome rmd(SessionState&, std::string_view argument);

// file.cpp: RFC 959 section 4.1.3, RFC 3659
Outcome dele(SessionState&, std::string_view argument);
Outcome rnfr(SessionState&, std::string_view argument);
Outcome rnto(SessionState&, std::string_view argument);
Outcome size(SessionState&, std::string_view argument);
Outcome mdtm(SessionState&, std::string_view argument);
Outcome mlst(SessionState&, std::string_view argument);
Outcome avbl(SessionState&, std::string_view argument);

// attributes.cpp: draft-somers-ftp-mfxx, SITE CHMOD and UTIME
Outcome mfmt(SessionState&, std::string_view argument);
Outcome mff(SessionState&, std::string_view argument);
Outcome site(SessionState&, std::string_view argument);

// digest.cpp: draft-bryan-ftpext-hash, and the older X verbs
Outcome hash(SessionState&, std::string_view argument);
Outcome xcrc(SessionState&, std::string_view argument);
Outcome xmd5(SessionState&, std::string_view argument);
Outcome xsha1(SessionState&, std::string_view argument);
Outcome xsha256(SessionState&, std::string_view argument);
Outcome xsha512(SessionState&, std::string_view argument);

}  // namespace sallyport::ftp::verbs
