// INIT and VERSION: draft-ietf-secsh-filexfer-02 section 4.

#include "protocol/sftp/extension_table.hpp"
#include "protocol/sftp/requests/requests.hpp"

namespace sallyport::sftp::requests {

Outcome init(SessionState& state, const Packet& packet) {
    if (state.started) return Close{"second INIT"};
    Reader fields(packet.body);
    const std::uint32_t offered = fields.u32();
    // Whatever follows the number are extensions of the client's, which nothing here needs.
    if (fields.failed() || offered < protocol_version) {
        return Close{"SFTP version 3 was not offered"};
    }
    state.started = true;
    Writer writer(PacketType::version);
    writer.u32(protocol_version);
    for (const auto& row : extension_table()) {
        if (!row.advertised.empty()) writer.string(row.name).string(row.advertised);
    }
    return writer.finish();
}

}  // namespace sallyport::sftp::requests
