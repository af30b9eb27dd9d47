// EXTENDED: draft-ietf-secsh-filexfer-02 section 8.

#include "protocol/sftp/extension_table.hpp"
#include "protocol/sftp/reply.hpp"
#include "protocol/sftp/requests/requests.hpp"

namespace sallyport::sftp::requests {

Outcome extended(SessionState& state, Request& request) {
    const auto name = request.fields.string();
    if (request.fields.failed()) return bad_message(request.id);
    const ExtensionRow* const row = find_extension(name);
    if (row == nullptr) return status(request.id, StatusCode::op_unsupported, "unknown extension");
    if (row->handler == nullptr) {
        return status(request.id, StatusCode::op_unsupported, row->refusal);
    }
    return row->handler(state, request);
}

}  // namespace sallyport::sftp::requests
