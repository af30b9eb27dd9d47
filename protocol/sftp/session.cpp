#include "protocol/sftp/session.hpp"

#include <utility>

#include "protocol/sftp/reply.hpp"
#include "protocol/sftp/request_table.hpp"
#include "protocol/sftp/requests/requests.hpp"
#include "protocol/sftp/uploads.hpp"

namespace sallyport::sftp {

Session::Session(SessionOptions options) {
    state_.options = std::move(options);
}

Outcome Session::handle(Packet packet) {
    if (packet.type == static_cast<std::uint8_t>(PacketType::init)) {
        return requests::init(state_, packet);
    }
    if (!state_.started) return Close{"request before INIT"};
    Request request(std::move(packet));
    if (request.fields.failed()) return Close{"request without an id"};
    const RequestRow* const row = find_request(request.packet.type);
    if (row == nullptr) return status(request.id, StatusCode::op_unsupported, "unknown request");
    if (row->handler == nullptr) {
        return status(request.id, StatusCode::op_unsupported, row->refusal);
    }
    return row->handler(state_, request);
}

Async<void> Session::end(std::string_view why) {
    auto items = state_.handles.take_all();
    for (auto& item : items) {
        auto* const open = std::get_if<OpenUpload>(&item);
        if (open != nullptr) co_await give_up(state_, *open, storage::Upload::Keep::partial, why);
    }
}

}  // namespace sallyport::sftp
