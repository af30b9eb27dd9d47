// REALPATH, REMOVE, RENAME: draft-ietf-secsh-filexfer-02 sections 6.5 and 6.11;
// posix-rename@openssh.com, expand-path@openssh.com, home-directory.

#include "protocol/sftp/reply.hpp"
#include "protocol/sftp/requests/on_path.hpp"
#include "protocol/sftp/requests/requests.hpp"

namespace sallyport::sftp::requests {
namespace {

using storage::Overwrite;
using storage::VirtualPath;
using storage::Volume;

/// Every user's home, and where relative paths begin.
constexpr std::string_view home = "/";

Async<Reply> remove_file(Volume& volume, SessionState&, std::uint32_t id, VirtualPath path) {
    const auto removed = co_await volume.remove(path);
    co_return removed ? success(id) : reply_to(id, removed.error());
}

Async<Reply> rename_file(Volume& volume, std::uint32_t id, VirtualPath from, VirtualPath to,
                         Overwrite overwrite) {
    const auto renamed = co_await volume.rename(from, to, overwrite);
    co_return renamed ? success(id) : reply_to(id, renamed.error());
}

Outcome move_name(Request& request, Overwrite overwrite) {
    const auto old_name = request.fields.string();
    const auto new_name = request.fields.string();
    if (!request.fields.complete()) return bad_message(request.id);
    const auto from = VirtualPath::parse(old_name);
    if (!from) return reply_to(request.id, from.error());
    const auto to = VirtualPath::parse(new_name);
    if (!to) return reply_to(request.id, to.error());
    return FileTask{[id = request.id, from = *from, to = *to, overwrite](Volume& volume) {
        return rename_file(volume, id, from, to, overwrite);
    }};
}

Reply canonical(std::uint32_t id, std::string_view name) {
    const auto path = VirtualPath::parse(name);
    return path ? path_reply(id, path->str()) : reply_to(id, path.error());
}

bool is_own(const SessionState& state, std::string_view user) {
    return user.empty() || user == state.options.user;
}

Reply no_such_user(std::uint32_t id) {
    return status(id, StatusCode::failure, "no such user");
}

}  // namespace

Outcome realpath(SessionState&, Request& request) {
    const auto name = request.fields.string();
    if (!request.fields.complete()) return bad_message(request.id);
    return canonical(request.id, name);
}

Outcome remove(SessionState& state, Request& request) {
    return on_path(state, request, remove_file);
}

Outcome rename(SessionState&, Request& request) {
    return move_name(request, Overwrite::deny);
}

Outcome posix_rename(SessionState&, Request& request) {
    return move_name(request, Overwrite::replace);
}

Outcome expand_path(SessionState& state, Request& request) {
    auto name = request.fields.string();
    if (!request.fields.complete()) return bad_message(request.id);
    if (name.starts_with('~')) {
        const auto end = std::min(name.find('/'), name.size());
        if (!is_own(state, name.substr(1, end - 1))) return no_such_user(request.id);
        name.remove_prefix(end);
    }
    return canonical(request.id, name);
}

Outcome home_directory(SessionState& state, Request& request) {
    const auto user = request.fields.string();
    if (!request.fields.complete()) return bad_message(request.id);
    if (!is_own(state, user)) return no_such_user(request.id);
    return path_reply(request.id, home);
}

}  // namespace sallyport::sftp::requests
