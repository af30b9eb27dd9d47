// CWD, CDUP, PWD, MKD, RMD: RFC 959 sections 4.1.1 and 4.1.3.

#include <fmt/format.h>

#include "protocol/ftp/arguments.hpp"
#include "protocol/ftp/verbs/verbs.hpp"

namespace sallyport::ftp::verbs {
namespace {

using storage::VirtualPath;
using storage::Volume;

Async<Reply> change_directory(Volume& volume, VirtualPath path, SessionState& state) {
    auto entry = co_await volume.stat(path);
    if (!entry) co_return reply_to(entry.error());
    if (entry->type != storage::EntryType::directory) {
        co_return reply_to(storage::Error::not_a_directory);
    }
    state.directory = path;
    co_return reply(250, "Directory changed.");
}

Async<Reply> make_directory(Volume& volume, VirtualPath path) {
    auto made = co_await volume.make_directory(path);
    if (!made) co_return reply_to(made.error());
    co_return reply(257, quote_path(path.str()) + " created.");
}

Async<Reply> remove_directory(Volume& volume, VirtualPath path) {
    auto removed = co_await volume.remove_directory(path);
    if (!removed) co_return reply_to(removed.error());
    co_return reply(250, "Directory removed.");
}

Outcome change_to(SessionState& state, VirtualPath path) {
    return FileTask{[&state, path = std::move(path)](Volume& volume) {
        return change_directory(volume, path, state);
    }};
}

}  // namespace

Outcome cwd(SessionState& state, std::string_view argument) {
    if (argument.empty()) return reply(501, "A path is needed.");
    auto path = VirtualPath::parse(argument, state.directory);
    if (!path) return reply_to(path.error());
    return change_to(state, *path);
}

Outcome cdup(SessionState& state, std::string_view) {
    return change_to(state, state.directory.parent());
}

Outcome pwd(SessionState& state, std::string_view) {
    return reply(257, quote_path(state.directory.str()) + " is the current directory.");
}

Outcome mkd(SessionState& state, std::string_view argument) {
    return on_path(state, argument, make_directory);
}

Outcome rmd(SessionState& state, std::string_view argument) {
    return on_path(state, argument, remove_directory);
}

}  // namespace sallyport::ftp::verbs
