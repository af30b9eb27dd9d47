// DELE, RNFR, RNTO, SIZE, MDTM, MLST, AVBL: RFC 959 section 4.1.3, RFC 3659 sections 3, 4 and 7.

#include <fmt/format.h>

#include "protocol/ftp/arguments.hpp"
#include "protocol/ftp/listing_format.hpp"
#include "protocol/ftp/time_value.hpp"
#include "protocol/ftp/verbs/verbs.hpp"

namespace sallyport::ftp::verbs {
namespace {

using storage::VirtualPath;
using storage::Volume;

Async<Reply> remove_file(Volume& volume, VirtualPath path) {
    auto removed = co_await volume.remove(path);
    if (!removed) co_return reply_to(removed.error());
    co_return reply(250, "File deleted.");
}

Async<Reply> choose_source(Volume& volume, VirtualPath path, SessionState& state) {
    auto entry = co_await volume.stat(path);
    if (!entry) co_return reply_to(entry.error());
    state.rename_from = path;
    co_return reply(350, "Send RNTO with the new name.");
}

Async<Reply> rename_file(Volume& volume, VirtualPath from, VirtualPath to) {
    auto renamed = co_await volume.rename(from, to, storage::Overwrite::replace);
    if (!renamed) co_return reply_to(renamed.error());
    co_return reply(250, "Renamed.");
}

Async<Reply> file_size(Volume& volume, VirtualPath path) {
    auto entry = co_await volume.stat(path);
    if (!entry) co_return reply_to(entry.error());
    if (entry->type != storage::EntryType::file) co_return reply_to(storage::Error::is_a_directory);
    co_return reply(213, fmt::format("{}", entry->size));
}

Async<Reply> modification_time(Volume& volume, VirtualPath path) {
    auto entry = co_await volume.stat(path);
    if (!entry) co_return reply_to(entry.error());
    co_return reply(213, format_time(entry->modified));
}

Async<Reply> facts(Volume& volume, VirtualPath path) {
    auto entry = co_await volume.stat(path);
    if (!entry) co_return reply_to(entry.error());
    co_return reply(250, "Facts follow.", {facts_of(*entry) + " " + path.str()}, "End.");
}

Async<Reply> available(Volume& volume, VirtualPath path) {
    auto space = co_await volume.space(path);
    if (!space) co_return reply_to(space.error());
    co_return reply(213, fmt::format("{}", space->free));
}

}  // namespace

Outcome dele(SessionState& state, std::string_view argument) {
    return on_path(state, argument, remove_file);
}

Outcome rnfr(SessionState& state, std::string_view argument) {
    state.rename_from.reset();
    if (argument.empty()) return reply(501, "A path is needed.");
    auto path = VirtualPath::parse(argument, state.directory);
    if (!path) return reply_to(path.error());
    return FileTask{
        [&state, path = *path](Volume& volume) { return choose_source(volume, path, state); }};
}

Outcome rnto(SessionState& state, std::string_view argument) {
    const auto from = std::exchange(state.rename_from, std::nullopt);
    if (!from) return reply(503, "Send RNFR first.");
    if (argument.empty()) return reply(501, "A path is needed.");
    auto to = VirtualPath::parse(argument, state.directory);
    if (!to) return reply_to(to.error());
    return FileTask{
        [from = *from, to = *to](Volume& volume) { return rename_file(volume, from, to); }};
}

Outcome size(SessionState& state, std::string_view argument) {
    return on_path(state, argument, file_size);
}

Outcome mdtm(SessionState& state, std::string_view argument) {
    return on_path(state, argument, modification_time);
}

Outcome mlst(SessionState& state, std::string_view argument) {
    return on_path(state, argument.empty() ? "." : argument, facts);
}

Outcome avbl(SessionState& state, std::string_view argument) {
    return on_path(state, argument.empty() ? "." : argument, available);
}

}  // namespace sallyport::ftp::verbs
