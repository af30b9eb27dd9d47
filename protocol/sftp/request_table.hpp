#pragma once

#include <span>
#include <string_view>

#include "protocol/sftp/outcome.hpp"
#include "protocol/sftp/request.hpp"
#include "protocol/sftp/session_state.hpp"
#include "protocol/sftp/wire.hpp"

namespace sallyport::sftp {

/// Reads the rest of the request, checks it, and answers or says what is to be done. What needs
/// storage goes into the task; nothing is done before the request is known to be well-formed.
using Handler = Outcome (*)(SessionState&, Request&);

/// One row of the request table. A type without a row, and a row without a handler, is answered
/// OP_UNSUPPORTED.
struct RequestRow {
    PacketType type;
    Handler handler = nullptr;
    std::string_view refusal = "not supported";  ///< text for the client when there is no handler
};

/// The row of a packet's type; nullptr when there is none.
[[nodiscard]] const RequestRow* find_request(std::uint8_t type);
[[nodiscard]] std::span<const RequestRow> request_table();

}  // namespace sallyport::sftp
