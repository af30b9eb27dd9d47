// statvfs@openssh.com, fstatvfs@openssh.com, limits@openssh.com, users-groups-by-id@openssh.com:
// OpenSSH's PROTOCOL, sections 4.4, 4.8 and 4.11.

#include "protocol/sftp/attributes.hpp"
#include "protocol/sftp/limits.hpp"
#include "protocol/sftp/reply.hpp"
#include "protocol/sftp/requests/on_path.hpp"
#include "protocol/sftp/requests/requests.hpp"
#include "storage/utf8.hpp"

namespace sallyport::sftp::requests {
namespace {

using storage::VirtualPath;
using storage::Volume;

Async<Reply> space_reply(Volume& volume, std::uint32_t id, VirtualPath path) {
    constexpr std::uint64_t block_bytes = 4096;
    constexpr std::uint64_t unknown = 0;
    constexpr std::uint64_t no_set_id_programs = 2;
    const auto space = co_await volume.space(path);
    if (!space) co_return reply_to(id, space.error());
    const std::uint64_t free = space->free / block_bytes;
    Writer writer(PacketType::extended_reply);
    writer.u32(id).u64(block_bytes).u64(block_bytes);
    writer.u64(space->total / block_bytes).u64(free).u64(free);
    writer.u64(unknown).u64(unknown).u64(unknown);  // files: how many there are and may be
    writer.u64(unknown);                            // number of the file system
    writer.u64(no_set_id_programs).u64(storage::max_component_bytes);
    co_return writer.finish();
}

Async<Reply> space_at(Volume& volume, SessionState&, std::uint32_t id, VirtualPath path) {
    return space_reply(volume, id, std::move(path));
}

/// A string that holds the names of `ids`, a run of 32-bit numbers, as a run of strings; the name
/// of an unknown one is empty.
void write_names(Writer& writer, std::span<const std::byte> ids, std::string_view user) {
    const std::size_t count_at = writer.size();
    writer.u32(0);
    const std::size_t begin = writer.size();
    Reader numbers(ids);
    while (numbers.remaining() > 0) {
        writer.string(numbers.u32() == virtual_id ? user : std::string_view());
    }
    writer.patch_u32(count_at, static_cast<std::uint32_t>(writer.size() - begin));
}

}  // namespace

Outcome statvfs(SessionState& state, Request& request) {
    return on_path(state, request, space_at);
}

Outcome fstatvfs(SessionState& state, Request& request) {
    const auto handle = request.fields.string();
    if (!request.fields.complete()) return bad_message(request.id);
    const OpenItem* const item = state.handles.find(handle);
    if (item == nullptr) return reply_to(request.id, HandleError::unknown);
    return FileTask{[id = request.id, path = path_of(*item)](Volume& volume) {
        return space_reply(volume, id, path);
    }};
}

Outcome limits(SessionState&, Request& request) {
    if (!request.fields.complete()) return bad_message(request.id);
    return Writer(PacketType::extended_reply)
        .u32(request.id)
        .u64(max_packet_bytes)
        .u64(max_data_bytes)
        .u64(max_data_bytes)
        .u64(max_handles)
        .finish();
}

Outcome users_groups_by_id(SessionState& state, Request& request) {
    constexpr std::size_t id_bytes = 4;
    const auto users = request.fields.data();
    const auto groups = request.fields.data();
    if (!request.fields.complete() || users.size() % id_bytes != 0 ||
        groups.size() % id_bytes != 0) {
        return bad_message(request.id);
    }
    if ((users.size() + groups.size()) / id_bytes > max_ids_per_request) {
        return status(request.id, StatusCode::failure, "too many ids");
    }
    const auto name = storage::clip_text(state.options.user, max_user_bytes);
    Writer writer(PacketType::extended_reply);
    writer.u32(request.id);
    for (const auto ids : {users, groups}) write_names(writer, ids, name);
    return writer.finish();
}

}  // namespace sallyport::sftp::requests
