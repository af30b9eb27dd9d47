// STAT, LSTAT, FSTAT, SETSTAT, FSETSTAT: draft-ietf-secsh-filexfer-02 sections 6.8 and 6.9;
// lsetstat@openssh.com.

#include "protocol/sftp/attributes.hpp"

#include "protocol/sftp/reply.hpp"
#include "protocol/sftp/requests/on_path.hpp"
#include "protocol/sftp/requests/requests.hpp"
#include "protocol/sftp/uploads.hpp"

namespace sallyport::sftp::requests {
namespace {

using storage::Result;
using storage::Upload;
using storage::VirtualPath;
using storage::Volume;

bool is_empty(const storage::AttributeChange& change) {
    return !change.modified && !change.mode;
}

Async<Reply> stat_path(Volume& volume, SessionState& state, std::uint32_t id, VirtualPath path) {
    // Clients ask by path right after OPEN, when only this session knows of the file.
    if (const auto* open = state.handles.upload_to(path)) {
        co_return attributes_reply(id, open->upload->entry());
    }
    const auto entry = co_await volume.stat(path);
    co_return entry ? attributes_reply(id, *entry) : reply_to(id, entry.error());
}

Async<Result<void>> change_upload(OpenUpload& open, Attributes attributes) {
    if (attributes.size) {
        const auto cut = co_await open.upload->truncate(*attributes.size);
        if (!cut) {
            open.failure = cut.error();
            co_return cut;
        }
    }
    const auto change = attributes.change();
    if (is_empty(change)) co_return Result<void>();
    co_return co_await open.upload->set_attributes(change);
}

/// Gives the file at `path` another size: a changed copy is published. The owner's partial stays
/// a partial, because nobody has said that it is whole.
Async<Result<void>> resize(Volume& volume, const SessionState& state, VirtualPath path,
                           std::uint64_t size) {
    const auto entry = co_await volume.stat(path);
    if (!entry) co_return entry.error();
    const bool is_file = entry->type == storage::EntryType::file;
    if (is_file && entry->size == size) co_return Result<void>();
    storage::UploadRequest request;
    request.path = std::move(path);
    request.start.kind = storage::UploadStart::Kind::at_end;
    request.overwrite = storage::Overwrite::replace;
    request.must_exist = true;
    auto upload = co_await volume.upload(request);
    if (!upload) co_return upload.error();
    OpenUpload open{.upload = std::move(*upload), .resumed = true, .opened = state.options.clock()};
    const auto cut = co_await open.upload->truncate(size);
    if (entry->partial) {
        co_await open.upload->abandon(Upload::Keep::partial);
        co_return cut;
    }
    if (!cut) open.failure = cut.error();
    co_return co_await publish(state, open);
}

Async<Result<void>> change_file(Volume& volume, const SessionState& state, VirtualPath path,
                                Attributes attributes) {
    if (attributes.size) {
        const auto resized = co_await resize(volume, state, path, *attributes.size);
        if (!resized) co_return resized;
    }
    const auto change = attributes.change();
    if (!is_empty(change)) co_return co_await volume.set_attributes(path, change);
    if (attributes.size) co_return Result<void>();
    const auto entry = co_await volume.stat(path);
    if (!entry) co_return entry.error();
    co_return Result<void>();
}

Async<Reply> set_upload(OpenUpload& open, std::uint32_t id, Attributes attributes) {
    const auto changed = co_await change_upload(open, attributes);
    co_return changed ? success(id) : reply_to(id, changed.error());
}

Async<Reply> set_path(Volume& volume, SessionState& state, std::uint32_t id, VirtualPath path,
                      Attributes attributes) {
    if (OpenUpload* const open = state.handles.upload_to(path)) {
        co_return co_await set_upload(*open, id, attributes);
    }
    const auto changed = co_await change_file(volume, state, std::move(path), attributes);
    co_return changed ? success(id) : reply_to(id, changed.error());
}

Outcome set_by_path(SessionState& state, std::uint32_t id, const VirtualPath& path,
                    const Attributes& attributes) {
    if (attributes.only_owner()) {
        return status(id, StatusCode::permission_denied, "owners cannot be changed");
    }
    return FileTask{[&state, id, path, attributes](Volume& volume) {
        return set_path(volume, state, id, path, attributes);
    }};
}

}  // namespace

Outcome stat(SessionState& state, Request& request) {
    return on_path(state, request, stat_path);
}

Outcome fstat(SessionState& state, Request& request) {
    const auto handle = request.fields.string();
    if (!request.fields.complete()) return bad_message(request.id);
    const OpenItem* const item = state.handles.find(handle);
    if (item == nullptr) return reply_to(request.id, HandleError::unknown);
    if (const auto* open = std::get_if<OpenUpload>(item)) {
        return attributes_reply(request.id, open->upload->entry());
    }
    if (const auto* open = std::get_if<OpenDownload>(item)) {
        return attributes_reply(request.id, open->download->entry());
    }
    return FileTask{[&state, id = request.id, path = std::get<OpenDirectory>(*item).path](
                        Volume& volume) { return stat_path(volume, state, id, path); }};
}

Outcome setstat(SessionState& state, Request& request) {
    const auto name = request.fields.string();
    const auto attributes = read_attributes(request.fields);
    if (!request.fields.complete()) return bad_message(request.id);
    const auto path = VirtualPath::parse(name);
    if (!path) return reply_to(request.id, path.error());
    return set_by_path(state, request.id, *path, attributes);
}

Outcome fsetstat(SessionState& state, Request& request) {
    const auto handle = request.fields.string();
    const auto attributes = read_attributes(request.fields);
    if (!request.fields.complete()) return bad_message(request.id);
    OpenItem* const item = state.handles.find(handle);
    if (item == nullptr) return reply_to(request.id, HandleError::unknown);
    if (auto* open = std::get_if<OpenUpload>(item)) {
        return FileTask{[open, id = request.id, attributes](Volume&) {
            return set_upload(*open, id, attributes);
        }};
    }
    const auto* const download = std::get_if<OpenDownload>(item);
    const auto& path = download != nullptr ? download->path : std::get<OpenDirectory>(*item).path;
    return set_by_path(state, request.id, path, attributes);
}

}  // namespace sallyport::sftp::requests
