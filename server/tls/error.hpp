#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <string_view>

namespace sallyport::tls {

/// How a TLS connection ended or failed.
enum class Error {
    closed,           ///< the peer said close_notify: every byte it sent has arrived
    truncated,        ///< the connection ended without close_notify: bytes may be missing
    timed_out,        ///< no progress before the deadline
    broken,           ///< reset, aborted here, or a TLS alert
    bad_certificate,  ///< of the client: not from `client_ca`, not valid now, or not for clients
};
[[nodiscard]] std::string_view describe(Error error);

template <class T>
using Result = boost::system::result<T, Error>;

/// Called by `Result::value()` on an error, which is a broken invariant of the caller.
[[noreturn]] void throw_exception_from_error(Error error, const boost::source_location& where);

}  // namespace sallyport::tls
