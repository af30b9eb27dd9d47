#pragma once

#include "protocol/sftp/outcome.hpp"
#include "protocol/sftp/request.hpp"
#include "protocol/sftp/session_state.hpp"

/// The handlers of requests and extensions, one family per file. See `Handler` for what they do.
namespace sallyport::sftp::requests {

// handshake.cpp: section 4. Not in the table, because INIT has no id.
Outcome init(SessionState& state, const Packet& packet);

// open.cpp: sections 6.3 and 6.4
Outcome open(SessionState& state, Request& request);
Outcome close(SessionState& state, Request& request);

// transfer.cpp: section 6.4, fsync@openssh.com
Outcome read(SessionState& state, Request& request);
Outcome write(SessionState& state, Request& request);
Outcome fsync(SessionState& state, Request& request);

// attributes.cpp: sections 6.8 and 6.9, lsetstat@openssh.com
Outcome stat(SessionState& state, Request& request);
Outcome fstat(SessionState& state, Request& request);
Outcome setstat(SessionState& state, Request& request);
Outcome fsetstat(SessionState& state, Request& request);

// directories.cpp: sections 6.6 and 6.7
Outcome opendir(SessionState& state, Request& request);
Outcome readdir(SessionState& state, Request& request);
Outcome mkdir(SessionState& state, Request& request);
Outcome rmdir(SessionState& state, Request& request);

// names.cpp: sections 6.5 and 6.11, posix-rename@openssh.com, expand-path@openssh.com,
// home-directory
Outcome realpath(SessionState& state, Request& request);
Outcome remove(SessionState& state, Request& request);
Outcome rename(SessionState& state, Request& request);
Outcome posix_rename(SessionState& state, Request& request);
Outcome expand_path(SessionState& state, Request& request);
Outcome home_directory(SessionState& state, Request& request);

// extended.cpp: section 8
Outcome extended(SessionState& state, Request& request);

// information.cpp: OpenSSH's extensions that tell something about the server
Outcome statvfs(SessionState& state, Request& request);
Outcome fstatvfs(SessionState& state, Request& request);
Outcome limits(SessionState& state, Request& request);
Outcome users_groups_by_id(SessionState& state, Request& request);

// copy_data.cpp: draft-ietf-secsh-filexfer-extensions-00 section 7
Outcome copy_data(SessionState& state, Request& request);

// check_file.cpp: draft-ietf-secsh-filexfer-extensions-00 section 3
Outcome check_file(SessionState& state, Request& request);
Outcome check_file_handle(SessionState& state, Request& request);
Outcome check_file_name(SessionState& state, Request& request);

}  // namespace sallyport::sftp::requests
