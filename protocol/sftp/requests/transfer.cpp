// READ and WRITE: draft-ietf-secsh-filexfer-02 section 6.4; fsync@openssh.com.

#include <algorithm>
#include <memory>

#include "protocol/sftp/byte_source.hpp"
#include "protocol/sftp/limits.hpp"
#include "protocol/sftp/reply.hpp"
#include "protocol/sftp/requests/requests.hpp"

namespace sallyport::sftp::requests {
namespace {

using storage::Error;

Reply end_of_file(std::uint32_t id) {
    return status(id, StatusCode::eof, "end of file");
}

Async<Reply> read_bytes(ByteSource source, std::uint32_t id, std::uint64_t offset,
                        std::size_t count) {
    Writer writer(PacketType::data);
    writer.u32(id);
    const std::size_t count_at = writer.size();
    writer.u32(0);
    const auto filled = co_await source.fill(offset, writer.extend(count));
    if (!filled) co_return reply_to(id, filled.error());
    if (*filled == 0) co_return end_of_file(id);
    writer.shorten(count - *filled);
    writer.patch_u32(count_at, static_cast<std::uint32_t>(*filled));
    co_return writer.finish();
}

/// `data` lies in `packet`.
Async<Reply> write_bytes(OpenUpload& open, std::uint32_t id, std::uint64_t offset,
                         std::span<const std::byte> data, std::shared_ptr<const Packet> packet) {
    static_cast<void>(packet);
    if (open.failure) co_return reply_to(id, *open.failure);
    if (data.empty()) co_return success(id);
    const std::uint64_t at = open.append ? open.upload->size() : offset;
    storage::Result<void> written = Error::too_large;
    if (at <= max_offset - data.size()) written = co_await open.upload->write(at, data);
    if (!written) {
        open.failure = written.error();
        co_return reply_to(id, written.error());
    }
    open.moved += data.size();
    co_return success(id);
}

Async<Reply> sync_upload(OpenUpload& open, std::uint32_t id) {
    const auto synced = co_await open.upload->sync();
    if (synced) co_return success(id);
    open.failure = synced.error();
    co_return reply_to(id, synced.error());
}

}  // namespace

Outcome read(SessionState& state, Request& request) {
    const auto handle = request.fields.string();
    const std::uint64_t offset = request.fields.u64();
    const std::uint32_t wanted = request.fields.u32();
    if (!request.fields.complete()) return bad_message(request.id);
    const auto source = ByteSource::find(state.handles, handle);
    if (!source) return reply_to(request.id, source.error());
    const std::uint64_t size = source->size();
    const std::uint64_t left = offset < size ? size - offset : 0;
    const std::size_t count = std::min<std::uint64_t>({wanted, left, max_data_bytes});
    return FileTask{[source = *source, id = request.id, offset, count](storage::Volume&) {
        return read_bytes(source, id, offset, count);
    }};
}

Outcome write(SessionState& state, Request& request) {
    const auto handle = request.fields.string();
    const std::uint64_t offset = request.fields.u64();
    const auto data = request.fields.data();
    // Bytes behind the data are ignored: rclone sent its whole buffer with the last block for
    // years.
    if (request.fields.failed()) return bad_message(request.id);
    const auto open = state.handles.find_as<OpenUpload>(handle);
    if (!open) return reply_to(request.id, open.error());
    return FileTask{[open = *open, id = request.id, offset, data,
                     packet = std::make_shared<const Packet>(std::move(request.packet))](
                        storage::Volume&) { return write_bytes(*open, id, offset, data, packet); }};
}

Outcome fsync(SessionState& state, Request& request) {
    const auto handle = request.fields.string();
    if (!request.fields.complete()) return bad_message(request.id);
    OpenItem* const item = state.handles.find(handle);
    if (item == nullptr) return reply_to(request.id, HandleError::unknown);
    auto* const open = std::get_if<OpenUpload>(item);
    // What is open for reading has nothing that is not on disk yet.
    if (open == nullptr) return success(request.id);
    return FileTask{[open, id = request.id](storage::Volume&) { return sync_upload(*open, id); }};
}

}  // namespace sallyport::sftp::requests
