// OPENDIR, READDIR, MKDIR, RMDIR: draft-ietf-secsh-filexfer-02 sections 6.6 and 6.7.

#include "protocol/sftp/attributes.hpp"
#include "protocol/sftp/limits.hpp"
#include "protocol/sftp/reply.hpp"
#include "protocol/sftp/requests/on_path.hpp"
#include "protocol/sftp/requests/requests.hpp"
#include "protocol/unix_line.hpp"

namespace sallyport::sftp::requests {
namespace {

using storage::Entry;
using storage::VirtualPath;
using storage::Volume;

// What a listed name takes at most: itself, its line, its attributes, and the counts of both.
constexpr std::size_t max_line_bytes = 64 + 2 * max_owner_bytes + storage::max_component_bytes;
constexpr std::size_t max_name_bytes = storage::max_component_bytes + max_line_bytes + 40;
static_assert(max_names_per_answer * max_name_bytes < max_name_answer_bytes);

/// The user's name as a column of a line: one short word.
std::string owner_column(const std::string& user) {
    const bool fits =
        !user.empty() && user.size() <= max_owner_bytes && user.find(' ') == std::string::npos;
    return fits ? user : std::to_string(virtual_id);
}

Reply names_reply(const SessionState& state, std::uint32_t id, const std::vector<Entry>& entries) {
    const auto owner = owner_column(state.options.user);
    const auto now = state.options.clock();
    Writer writer(PacketType::name);
    writer.u32(id).u32(static_cast<std::uint32_t>(entries.size()));
    for (const Entry& entry : entries) {
        writer.string(entry.name).string(unix_line(entry, now, owner, owner));
        write_attributes(writer, entry);
    }
    return writer.finish();
}

/// "." or "..". A policy may keep its attributes to itself; the name is listed all the same.
Async<Entry> dot_entry(Volume& volume, VirtualPath path, std::string name, storage::FileTime now) {
    const auto found = co_await volume.stat(path);
    Entry entry;
    entry.type = storage::EntryType::directory;
    entry.mode = found ? found->mode : 0755;
    entry.modified = found ? found->modified : now;
    entry.name = std::move(name);
    co_return entry;
}

Async<Reply> open_directory(Volume& volume, SessionState& state, std::uint32_t id,
                            VirtualPath path) {
    auto listing = co_await volume.list(path);
    if (!listing) co_return reply_to(id, listing.error());
    OpenDirectory open{.path = std::move(path), .listing = std::move(*listing)};
    co_return handle_reply(id, state.handles.add(std::move(open)));
}

Async<Reply> read_directory(Volume& volume, const SessionState& state, std::uint32_t id,
                            OpenDirectory& open) {
    std::vector<Entry> entries;
    if (!open.begun) {
        const auto now = state.options.clock();
        auto self = co_await dot_entry(volume, open.path, ".", now);
        auto parent = co_await dot_entry(volume, open.path.parent(), "..", now);
        entries.push_back(std::move(self));
        entries.push_back(std::move(parent));
    }
    auto batch = co_await open.listing->next(max_names_per_answer - entries.size());
    if (!batch) co_return reply_to(id, batch.error());
    open.begun = true;
    entries.insert(entries.end(), std::make_move_iterator(batch->begin()),
                   std::make_move_iterator(batch->end()));
    if (entries.empty()) co_return status(id, StatusCode::eof, "end of directory");
    co_return names_reply(state, id, entries);
}

Async<Reply> make_directory(Volume& volume, std::uint32_t id, VirtualPath path) {
    const auto made = co_await volume.make_directory(path);
    co_return made ? success(id) : reply_to(id, made.error());
}

Async<Reply> remove_directory(Volume& volume, SessionState&, std::uint32_t id, VirtualPath path) {
    const auto removed = co_await volume.remove_directory(path);
    co_return removed ? success(id) : reply_to(id, removed.error());
}

}  // namespace

Outcome opendir(SessionState& state, Request& request) {
    if (state.handles.full()) {
        return status(request.id, StatusCode::failure, "too many files are open");
    }
    return on_path(state, request, open_directory);
}

Outcome readdir(SessionState& state, Request& request) {
    const auto handle = request.fields.string();
    if (!request.fields.complete()) return bad_message(request.id);
    const auto open = state.handles.find_as<OpenDirectory>(handle);
    if (!open) return reply_to(request.id, open.error());
    return FileTask{[&state, id = request.id, open = *open](Volume& volume) {
        return read_directory(volume, state, id, *open);
    }};
}

Outcome mkdir(SessionState&, Request& request) {
    const auto name = request.fields.string();
    // The mode of new directories is the policy's, so what the client wishes is not looked at.
    static_cast<void>(read_attributes(request.fields));
    if (!request.fields.complete()) return bad_message(request.id);
    const auto path = VirtualPath::parse(name);
    if (!path) return reply_to(request.id, path.error());
    return FileTask{[id = request.id, path = *path](Volume& volume) {
        return make_directory(volume, id, path);
    }};
}

Outcome rmdir(SessionState& state, Request& request) {
    return on_path(state, request, remove_directory);
}

}  // namespace sallyport::sftp::requests
