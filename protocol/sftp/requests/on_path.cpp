#include "protocol/sftp/requests/on_path.hpp"

#include "protocol/sftp/reply.hpp"

namespace sallyport::sftp::requests {

Outcome on_path(SessionState& state, Request& request, PathTask task) {
    const auto name = request.fields.string();
    if (!request.fields.complete()) return bad_message(request.id);
    auto path = storage::VirtualPath::parse(name);
    if (!path) return reply_to(request.id, path.error());
    return FileTask{[&state, task, id = request.id, path = *path](storage::Volume& volume) {
        return task(volume, state, id, path);
    }};
}

}  // namespace sallyport::sftp::requests
