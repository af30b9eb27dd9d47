// STOR, APPE, STOU, RETR, LIST, NLST, MLSD: RFC 959 section 4.1.3, RFC 3659 sections 5 and 7.

#include "protocol/ftp/arguments.hpp"
#include "protocol/ftp/verbs/verbs.hpp"

namespace sallyport::ftp::verbs {
namespace {

using storage::UploadStart;
using storage::VirtualPath;

constexpr std::string_view need_passive = "Send EPSV or PASV first.";

/// What all transfers need; nothing when it is there. REST belongs to the next transfer only.
std::optional<Reply> refuse_transfer(const SessionState& state, std::uint64_t offset) {
    if (!state.passive_open) return reply(425, std::string(need_passive));
    if (offset != 0 && state.ascii) return reply(501, "Resuming needs TYPE I.");
    return std::nullopt;
}

Outcome receive(SessionState& state, std::string_view argument, UploadStart start, bool unique) {
    const auto offset = std::exchange(state.restart_at, 0);
    const auto announced = std::exchange(state.announced_size, 0);
    if (auto refusal = refuse_transfer(state, offset)) return *refusal;
    if (argument.empty()) return reply(501, "A path is needed.");
    auto path = VirtualPath::parse(argument, state.directory);
    if (!path) return reply_to(path.error());
    if (offset != 0) start = {UploadStart::Kind::at_offset, offset};
    storage::UploadRequest request{.path = *path,
                                   .start = start,
                                   .overwrite = storage::Overwrite::replace,
                                   .announced_size = announced,
                                   .unique = unique};
    return Transfer(Receive{std::move(request), state.ascii});
}

std::string_view without_options(std::string_view argument) {
    while (argument.starts_with('-')) {
        const auto [option, rest] = split_word(argument);
        argument = rest;
        if (option == "--") break;
    }
    return argument;
}

std::string_view last_component(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == path.npos ? path : path.substr(slash + 1);
}

Outcome send_listing(SessionState& state, std::string_view argument, ListFormat format) {
    state.restart_at = 0;
    if (auto refusal = refuse_transfer(state, 0)) return *refusal;
    SendListing listing;
    listing.format = format;
    const auto name = last_component(argument);
    const auto folder = argument.substr(0, argument.size() - name.size());
    // "LIST *.csv" is what people type and what mget sends.
    if (format != ListFormat::facts && name.find_first_of("*?") != name.npos) {
        listing.pattern = name;
        listing.name_prefix = folder;
        argument = folder;
    } else if (!argument.empty()) {
        // NLST names must be usable as they are (RFC 1123 section 4.1.2.7).
        listing.name_prefix = std::string(argument) + (argument.ends_with('/') ? "" : "/");
    }
    auto path = VirtualPath::parse(argument, state.directory);
    if (!path) return reply_to(path.error());
    listing.path = *path;
    return Transfer(std::move(listing));
}

}  // namespace

Outcome stor(SessionState& state, std::string_view argument) {
    return receive(state, argument, {}, false);
}

Outcome appe(SessionState& state, std::string_view argument) {
    return receive(state, argument, {UploadStart::Kind::at_end, 0}, false);
}

Outcome stou(SessionState& state, std::string_view argument) {
    return receive(state, argument.empty() ? "upload" : argument, {}, true);
}

Outcome retr(SessionState& state, std::string_view argument) {
    const auto offset = std::exchange(state.restart_at, 0);
    if (auto refusal = refuse_transfer(state, offset)) return *refusal;
    if (argument.empty()) return reply(501, "A path is needed.");
    auto path = VirtualPath::parse(argument, state.directory);
    if (!path) return reply_to(path.error());
    return Transfer(Send{*path, offset, state.ascii});
}

Outcome list(SessionState& state, std::string_view argument) {
    return send_listing(state, without_options(argument), ListFormat::unix_long);
}

Outcome nlst(SessionState& state, std::string_view argument) {
    return send_listing(state, without_options(argument), ListFormat::names);
}

Outcome mlsd(SessionState& state, std::string_view argument) {
    return send_listing(state, argument, ListFormat::facts);
}

}  // namespace sallyport::ftp::verbs
