// MFMT, MFF (draft-somers-ftp-mfxx) and SITE HELP, CHMOD, UTIME.

#include <fmt/format.h>

#include "protocol/ftp/arguments.hpp"
#include "protocol/ftp/time_value.hpp"
#include "protocol/ftp/verbs/verbs.hpp"

namespace sallyport::ftp::verbs {
namespace {

using storage::AttributeChange;
using storage::VirtualPath;
using storage::Volume;

Async<Reply> apply(Volume& volume, VirtualPath path, AttributeChange change, Reply done) {
    auto changed = co_await volume.set_attributes(path, change);
    if (!changed) co_return reply_to(changed.error());
    co_return done;
}

Outcome change(SessionState& state, std::string_view name, AttributeChange what, int code,
               std::string_view text) {
    auto path = VirtualPath::parse(name, state.directory);
    if (!path) return reply_to(path.error());
    auto done = reply(code, fmt::format("{} {}", text, path->str()));
    return FileTask{
        [path = *path, what, done](Volume& volume) { return apply(volume, path, what, done); }};
}

/// One "name=value" of MFF; false when it is unknown or malformed.
bool read_fact(std::string_view fact, AttributeChange& change) {
    const auto equals = fact.find('=');
    if (equals == fact.npos) return false;
    const auto name = fact.substr(0, equals);
    const auto value = fact.substr(equals + 1);
    if (equal_ignoring_case(name, "Modify")) {
        change.modified = parse_time(value);
        return change.modified.has_value();
    }
    if (equal_ignoring_case(name, "UNIX.mode")) {
        change.mode = parse_mode(value);
        return change.mode.has_value();
    }
    return false;
}

Outcome chmod(SessionState& state, std::string_view argument) {
    const auto [mode_text, name] = split_word(argument);
    const auto mode = parse_mode(mode_text);
    if (!mode || name.empty()) return reply(501, "SITE CHMOD mode path, mode in octal.");
    return change(state, name, {.modified = {}, .mode = mode}, 200, "Mode changed:");
}

/// "UTIME YYYYMMDDhhmm[ss] path" or "UTIME path atime mtime ctime UTC", as other servers take it.
Outcome utime(SessionState& state, std::string_view argument) {
    const auto [first, rest] = split_word(argument);
    const std::string padded = std::string(first) + (first.size() == 12 ? "00" : "");
    if (const auto time = parse_time(padded); time && !rest.empty()) {
        return change(state, rest, {.modified = time, .mode = {}}, 200, "Time changed:");
    }
    constexpr std::size_t tail = 3 * 15 + 4;  // " atime mtime ctime UTC"
    if (argument.size() > tail && argument.ends_with(" UTC")) {
        const auto times = argument.substr(argument.size() - tail);
        const auto time = parse_time(times.substr(16, 14));
        const auto name = argument.substr(0, argument.size() - tail);
        if (time) return change(state, name, {.modified = time, .mode = {}}, 200, "Time changed:");
    }
    return reply(501, "SITE UTIME YYYYMMDDhhmmss path.");
}

}  // namespace

Outcome mfmt(SessionState& state, std::string_view argument) {
    const auto [time_text, name] = split_word(argument);
    const auto time = parse_time(time_text);
    if (!time || name.empty()) return reply(501, "MFMT YYYYMMDDHHMMSS path.");
    return change(state, name, {.modified = time, .mode = {}}, 213,
                  fmt::format("Modify={};", format_time(*time)));
}

Outcome mff(SessionState& state, std::string_view argument) {
    auto [facts, name] = split_word(argument);
    if (name.empty() || !facts.ends_with(';')) return reply(501, "MFF fact=value; path.");
    AttributeChange what;
    std::string applied;
    while (!facts.empty()) {
        const auto end = facts.find(';');
        if (!read_fact(facts.substr(0, end), what))
            return reply(504, "Only Modify and UNIX.mode can change.");
        facts.remove_prefix(end + 1);
    }
    if (what.modified) applied += fmt::format("Modify={};", format_time(*what.modified));
    if (what.mode) applied += fmt::format("UNIX.mode={:04o};", *what.mode & 0777);
    return change(state, name, what, 213, applied);
}

Outcome site(SessionState& state, std::string_view argument) {
    const auto [command, rest] = split_word(argument);
    if (equal_ignoring_case(command, "CHMOD")) return chmod(state, rest);
    if (equal_ignoring_case(command, "UTIME")) return utime(state, rest);
    if (equal_ignoring_case(command, "HELP")) {
        return reply(214,
                     "SITE commands:", {"HELP", "CHMOD mode path", "UTIME YYYYMMDDhhmmss path"},
                     "End.");
    }
    return command.empty() ? reply(501, "SITE needs a command.")
                           : reply(504, "Unknown SITE command.");
}

}  // namespace sallyport::ftp::verbs
