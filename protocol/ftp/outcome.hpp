#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "auth/secret.hpp"
#include "protocol/ftp/reply.hpp"
#include "storage/backend.hpp"

/// What a session asks of its driver in answer to one command.
namespace sallyport::ftp {

/// Send the reply, then close.
struct Close {
    Reply reply;
    std::string_view reason;  ///< for the log
};

/// Close without a word: whatever is at the other end, it is not an FTP client.
struct Drop {
    std::string_view reason;
};

/// Find out who this is, then call `SecureSession::logged_in` or `login_failed`.
struct Login {
    std::string user;
    auth::Secret password;
    /// There is no password yet, and perhaps none is needed (RFC 4217 section 6): when the client's
    /// certificate does not suffice, call `SecureSession::password_needed` instead.
    bool by_certificate = false;
};

/// Open a passive port, then call `SecureSession::passive_opened` or `passive_failed`.
struct OpenPassive {
    bool extended = false;  ///< EPSV rather than PASV
};

/// Something to do with files that needs no data connection: run it and send what it yields.
struct FileTask {
    std::function<Async<Reply>(storage::Volume&)> run;
};

enum class ListFormat {
    unix_long,  ///< LIST: one line in the manner of `ls -l`
    names,      ///< NLST
    facts,      ///< MLSD (RFC 3659 section 7)
};

/// The transfers. Each is announced with 150 and ends with `reply_to(TransferEnd)`.
struct Receive {
    storage::UploadRequest request;
    bool ascii = false;
};
struct Send {
    storage::VirtualPath path;
    std::uint64_t offset = 0;
    bool ascii = false;
};
struct SendListing {
    storage::VirtualPath path;  ///< a directory, or a file for the first two formats
    std::string pattern;        ///< names must match this glob; empty: all
    std::string name_prefix;    ///< put before each name in the `names` format
    ListFormat format = ListFormat::unix_long;
};
using Transfer = std::variant<Receive, Send, SendListing>;

using Outcome = std::variant<Reply, Close, Drop, Login, OpenPassive, FileTask, Transfer>;

/// How a transfer went wrong on its data connection.
enum class DataFailure {
    no_connection,  ///< nobody rightful connected in time
    tls_failed,     ///< the handshake did not succeed
    not_resumed,  ///< no TLS session of this control connection was resumed, and policy asks for it
    truncated,    ///< the connection ended without TLS close_notify
    stalled,      ///< no progress for too long
    broken,       ///< reset, or a TLS error
    aborted,      ///< ABOR
};
[[nodiscard]] std::string_view describe(DataFailure failure);
[[nodiscard]] Reply reply_to(DataFailure failure);

}  // namespace sallyport::ftp
