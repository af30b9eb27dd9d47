// NOOP, HELP, SYST, FEAT, HOST, LANG, CLNT, CSID, STAT: what is this server, and how is the
// session?

#include <fmt/format.h>

#include "protocol/ftp/arguments.hpp"
#include "protocol/ftp/listing_format.hpp"
#include "protocol/ftp/verb_table.hpp"
#include "protocol/ftp/verbs/verbs.hpp"

namespace sallyport::ftp::verbs {
namespace {

/// Entries that STAT shows of a directory: the control connection is no place for more.
constexpr std::size_t max_stat_entries = 1000;

Reply session_status(const SessionState& state) {
    return reply(211, fmt::format("{} status", state.options.server_name),
                 {"Control and data connections are encrypted",
                  state.logged_in ? "Logged in" : "Not logged in",
                  fmt::format("Directory {}", quote_path(state.directory.str())),
                  fmt::format("TYPE {}, STRU F, MODE S, PROT {}", state.ascii ? 'A' : 'I',
                              state.protect_data ? "P" : "not yet set")},
                 "End of status.");
}

Async<Reply> with_space(storage::Volume& volume, Reply status, storage::VirtualPath directory) {
    const auto space = co_await volume.space(directory);
    if (space) status.middle.push_back(fmt::format("{} bytes can be stored", space->free));
    co_return status;
}

Async<Reply> directory_status(storage::Volume& volume, storage::VirtualPath path,
                              storage::FileTime now) {
    auto listing = co_await volume.list(path);
    if (!listing) co_return reply_to(listing.error());
    auto entries = co_await (*listing)->next(max_stat_entries);
    if (!entries) co_return reply_to(entries.error());
    std::vector<std::string> lines;
    for (const auto& entry : *entries) {
        lines.push_back(listing_line(entry, ListFormat::unix_long, now));
    }
    co_return reply(212, fmt::format("Contents of {}", quote_path(path.str())), std::move(lines),
                    "End.");
}

Async<Reply> path_status(storage::Volume& volume, storage::VirtualPath path,
                         storage::FileTime now) {
    auto entry = co_await volume.stat(path);
    if (!entry) co_return reply_to(entry.error());
    if (entry->type == storage::EntryType::directory) {
        co_return co_await directory_status(volume, path, now);
    }
    co_return reply(213, fmt::format("Status of {}", quote_path(path.str())),
                    {listing_line(*entry, ListFormat::unix_long, now)}, "End.");
}

}  // namespace

Outcome noop(SessionState&, std::string_view) {
    return reply(200, "OK.");
}

Outcome help(SessionState&, std::string_view argument) {
    return help_reply(argument);
}

Outcome syst(SessionState&, std::string_view) {
    return reply(215, "UNIX Type: L8");
}

Outcome feat(SessionState&, std::string_view) {
    return feature_reply();
}

Outcome host(SessionState& state, std::string_view argument) {
    if (argument.empty()) return reply(501, "HOST needs a name.");
    // RFC 7151 section 3.3: a server without virtual hosts serves the same site under every name.
    if (state.logged_in) return reply(503, "HOST comes before the login.");
    return reply(220, "OK.");
}

Outcome lang(SessionState&, std::string_view argument) {
    const bool english = argument.empty() || equal_ignoring_case(argument.substr(0, 2), "EN");
    return english ? reply(200, "Replies are in English.") : reply(504, "Only EN is known.");
}

Outcome clnt(SessionState&, std::string_view) {
    return reply(200, "Noted.");
}

Outcome csid(SessionState&, std::string_view) {
    return reply(200, "Name=Sallyport; Platform=UNIX; CaseSensitive=1; DirSep=/;");
}

Outcome stat(SessionState& state, std::string_view argument) {
    if (argument.empty() && !state.logged_in) return session_status(state);
    if (argument.empty()) {
        return FileTask{
            [status = session_status(state), directory = state.directory](storage::Volume& volume) {
                return with_space(volume, status, directory);
            }};
    }
    if (!state.logged_in) return reply(530, "Log in with USER and PASS first.");
    auto path = storage::VirtualPath::parse(argument, state.directory);
    if (!path) return reply_to(path.error());
    return FileTask{[path = *path, now = state.options.clock()](storage::Volume& volume) {
        return path_status(volume, path, now);
    }};
}

}  // namespace sallyport::ftp::verbs
