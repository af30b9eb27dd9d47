#include "protocol/ftp/outcome.hpp"

namespace sallyport::ftp {

std::string_view describe(DataFailure failure) {
    using enum DataFailure;
    switch (failure) {
        case no_connection:
            return "no data connection";
        case tls_failed:
            return "TLS handshake failed";
        case not_resumed:
            return "TLS session not resumed";
        case truncated:
            return "ended without TLS close_notify";
        case stalled:
            return "stalled";
        case broken:
            return "connection broken";
        case aborted:
            return "aborted by the client";
    }
    __builtin_unreachable();
}

Reply reply_to(DataFailure failure) {
    using enum DataFailure;
    switch (failure) {
        case no_connection:
            return reply(
                425, "No data connection was made; check that passive ports reach this server.");
        case tls_failed:
            return reply(425, "TLS on the data connection failed.");
        case not_resumed:
            return reply(
                522, "The data connection must resume the TLS session of the control connection.");
        case truncated:
            return reply(426,
                         "Data connection ended without TLS close_notify; nothing was published.");
        case stalled:
            return reply(426, "Data connection made no progress and was closed.");
        case broken:
            return reply(426, "Data connection broke; transfer aborted.");
        case aborted:
            return reply(426, "Transfer aborted.");
    }
    __builtin_unreachable();
}

}  // namespace sallyport::ftp
