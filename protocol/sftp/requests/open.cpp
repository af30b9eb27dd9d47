// OPEN and CLOSE: draft-ietf-secsh-filexfer-02 sections 6.3 and 6.4.

#include "protocol/sftp/attributes.hpp"
#include "protocol/sftp/reply.hpp"
#include "protocol/sftp/requests/requests.hpp"
#include "protocol/sftp/uploads.hpp"

namespace sallyport::sftp::requests {
namespace {

using storage::Overwrite;
using storage::UploadRequest;
using storage::UploadStart;
using storage::VirtualPath;
using storage::Volume;

bool has(std::uint32_t flags, std::uint32_t flag) {
    return (flags & flag) != 0;
}

UploadRequest upload_request(VirtualPath path, std::uint32_t flags, const Attributes& attributes) {
    UploadRequest request;
    request.path = std::move(path);
    const bool create = has(flags, open_flag::create);
    const bool exclusive = create && has(flags, open_flag::exclusive);
    // A file made exclusively is a new one: a partial of that name is not taken up.
    const bool fresh = exclusive || has(flags, open_flag::truncate);
    request.start.kind = fresh ? UploadStart::Kind::fresh : UploadStart::Kind::at_end;
    request.overwrite = exclusive ? Overwrite::deny : Overwrite::replace;
    request.must_exist = !create;
    request.readable = has(flags, open_flag::read);
    // Only a fresh file grows by what is announced; another one may be overwritten in place.
    if (fresh) request.announced_size = attributes.size.value_or(0);
    return request;
}

Async<Reply> start_upload(Volume& volume, SessionState& state, std::uint32_t id,
                          UploadRequest request, bool append) {
    auto upload = co_await volume.upload(request);
    if (!upload) co_return reply_to(id, upload.error());
    OpenUpload open{.upload = std::move(*upload),
                    .readable = request.readable,
                    .append = append,
                    .opened = state.options.clock()};
    open.resumed = open.upload->size() != 0;
    co_return handle_reply(id, state.handles.add(std::move(open)));
}

Async<Reply> start_download(Volume& volume, SessionState& state, std::uint32_t id,
                            VirtualPath path) {
    auto download = co_await volume.download(path);
    if (!download) co_return reply_to(id, download.error());
    OpenDownload open{
        .path = std::move(path), .download = std::move(*download), .opened = state.options.clock()};
    co_return handle_reply(id, state.handles.add(std::move(open)));
}

Async<Reply> close_upload(SessionState& state, std::uint32_t id, std::string handle) {
    auto item = state.handles.take(handle);
    const auto published = co_await publish(state, std::get<OpenUpload>(*item));
    co_return published ? success(id) : reply_to(id, published.error());
}

void report_sent(const SessionState& state, const OpenDownload& open) {
    if (!open.used || !state.options.on_file) return;
    state.options.on_file({.what = FileReport::What::sent,
                           .path = open.path,
                           .size = open.download->entry().size,
                           .moved = open.moved,
                           .duration = state.options.clock() - open.opened});
}

}  // namespace

Outcome open(SessionState& state, Request& request) {
    const auto name = request.fields.string();
    const std::uint32_t flags = request.fields.u32();
    const auto attributes = read_attributes(request.fields);
    if (!request.fields.complete()) return bad_message(request.id);
    const bool writes = has(flags, open_flag::write | open_flag::append);
    if (!writes && !has(flags, open_flag::read)) {
        return status(request.id, StatusCode::failure, "neither reading nor writing was asked for");
    }
    if (state.handles.full()) {
        return status(request.id, StatusCode::failure, "too many files are open");
    }
    auto path = VirtualPath::parse(name);
    if (!path) return reply_to(request.id, path.error());
    if (!writes) {
        return FileTask{[&state, id = request.id, path = *path](Volume& volume) {
            return start_download(volume, state, id, path);
        }};
    }
    const bool append = has(flags, open_flag::append);
    return FileTask{[&state, id = request.id, append,
                     wanted = upload_request(*path, flags, attributes)](Volume& volume) {
        return start_upload(volume, state, id, wanted, append);
    }};
}

Outcome close(SessionState& state, Request& request) {
    const auto handle = request.fields.string();
    if (!request.fields.complete()) return bad_message(request.id);
    const OpenItem* const item = state.handles.find(handle);
    if (item == nullptr) return reply_to(request.id, HandleError::unknown);
    if (std::holds_alternative<OpenUpload>(*item)) {
        return FileTask{[&state, id = request.id, handle = std::string(handle)](Volume&) {
            return close_upload(state, id, handle);
        }};
    }
    const auto taken = state.handles.take(handle);
    if (const auto* download = std::get_if<OpenDownload>(&*taken)) report_sent(state, *download);
    return success(request.id);
}

}  // namespace sallyport::sftp::requests
