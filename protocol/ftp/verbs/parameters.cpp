// OPTS, TYPE, STRU, MODE, ALLO, REST: RFC 959 section 4.1.2, RFC 2389 section 4, RFC 3659
// section 5.

#include <fmt/format.h>

#include "protocol/ftp/arguments.hpp"
#include "protocol/ftp/hash_names.hpp"
#include "protocol/ftp/verbs/verbs.hpp"

namespace sallyport::ftp::verbs {
namespace {

/// Restart offsets stay within what a file offset can hold, so that no later sum overflows.
constexpr std::uint64_t max_offset = INT64_MAX;

Outcome opts_hash(SessionState& state, std::string_view name) {
    if (!name.empty()) {
        const auto algorithm = hash_named(name);
        if (!algorithm) return reply(501, "Unknown digest; FEAT lists the known ones.");
        state.hash = *algorithm;
    }
    return reply(200, std::string(name_of(state.hash)));
}

}  // namespace

Outcome opts(SessionState& state, std::string_view argument) {
    const auto [option, value] = split_word(argument);
    if (equal_ignoring_case(option, "UTF8") || equal_ignoring_case(option, "UTF-8")) {
        if (equal_ignoring_case(value, "OFF")) return reply(504, "File names are always UTF-8.");
        return reply(200, "File names are always UTF-8.");
    }
    if (equal_ignoring_case(option, "HASH")) return opts_hash(state, value);
    // All facts are always sent: RFC 3659 section 7.9 lets a server ignore the choice, if it says
    // so.
    if (equal_ignoring_case(option, "MLST")) {
        return reply(200, "MLST OPTS type;size;modify;perm;unique;UNIX.mode;");
    }
    return reply(501, "Unknown option.");
}

Outcome type(SessionState& state, std::string_view argument) {
    const auto is = [&](std::string_view word) { return equal_ignoring_case(argument, word); };
    if (is("I") || is("L 8")) {
        state.ascii = false;
        return reply(200, "Type is image.");
    }
    if (is("A") || is("A N")) {
        state.ascii = true;
        return reply(200, "Type is ASCII.");
    }
    return argument.empty() ? reply(501, "TYPE needs a type.")
                            : reply(504, "Only types A, I and L 8 are known.");
}

Outcome stru(SessionState&, std::string_view argument) {
    return equal_ignoring_case(argument, "F") ? reply(200, "Structure is file.")
                                              : reply(504, "Only STRU F is known.");
}

Outcome mode(SessionState&, std::string_view argument) {
    return equal_ignoring_case(argument, "S") ? reply(200, "Mode is stream.")
                                              : reply(504, "Only MODE S is known.");
}

Outcome allo(SessionState& state, std::string_view argument) {
    // "ALLO size R record-size" is the longer form.
    const auto size = parse_number(split_word(argument).first);
    if (!size || *size > max_offset) return reply(501, "ALLO needs a number of bytes.");
    state.announced_size = *size;
    return reply(200, "Noted: an upload that is too large is refused at once.");
}

Outcome rest(SessionState& state, std::string_view argument) {
    const auto offset = parse_number(argument);
    if (!offset || *offset > max_offset) return reply(501, "REST needs an offset in bytes.");
    state.restart_at = *offset;
    return reply(350, fmt::format("The next transfer starts at byte {}.", *offset));
}

}  // namespace sallyport::ftp::verbs
