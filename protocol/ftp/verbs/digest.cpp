// HASH (draft-bryan-ftpext-hash) and XCRC, XMD5, XSHA1, XSHA256, XSHA512 as other servers answer
// them.

#include <fmt/format.h>

#include "protocol/ftp/arguments.hpp"
#include "protocol/ftp/hash_names.hpp"
#include "protocol/ftp/verbs/verbs.hpp"
#include "protocol/unchanged.hpp"

namespace sallyport::ftp::verbs {
namespace {

using storage::DigestAlgorithm;
using storage::Error;
using storage::VirtualPath;
using storage::Volume;

struct DigestRequest {
    VirtualPath path;
    DigestAlgorithm algorithm;
    std::uint64_t first = 0;
    std::uint64_t last = UINT64_MAX;
};

Reply incomplete() {
    return reply(450, "The upload of this file is not complete.");
}

Async<Reply> hash_reply(Volume& volume, DigestRequest request) {
    auto entry = co_await volume.stat(request.path);
    if (!entry) co_return reply_to(entry.error());
    if (entry->partial) co_return incomplete();
    auto digest = co_await volume.digest(request.path, request.algorithm, 0, entry->size);
    if (!digest) co_return reply_to(digest.error());
    if (!co_await is_unchanged(volume, request.path, *entry)) co_return reply_to(Error::changed);
    co_return reply(213, fmt::format("{} 0-{} {} {}", name_of(request.algorithm), entry->size,
                                     *digest, request.path.str()));
}

Async<Reply> bare_digest(Volume& volume, DigestRequest request) {
    auto entry = co_await volume.stat(request.path);
    if (!entry) co_return reply_to(entry.error());
    if (entry->partial) co_return incomplete();
    auto digest =
        co_await volume.digest(request.path, request.algorithm, request.first, request.last);
    if (!digest) co_return reply_to(digest.error());
    if (!co_await is_unchanged(volume, request.path, *entry)) co_return reply_to(Error::changed);
    co_return reply(250, *digest);
}

struct PathAndRange {
    std::string_view path;
    std::string_view range;
};

/// `"quoted name" [first [last]]`, or a bare name that may hold spaces and then has no range.
PathAndRange split_range(std::string_view argument) {
    const auto close = argument.rfind('"');
    if (!argument.starts_with('"') || close == 0) return {argument, {}};
    return {argument.substr(1, close - 1), argument.substr(close + 1)};
}

Outcome digest_of(SessionState& state, std::string_view argument, DigestAlgorithm algorithm) {
    auto [name, range] = split_range(argument);
    if (name.empty()) return reply(501, "A path is needed.");
    auto path = VirtualPath::parse(name, state.directory);
    if (!path) return reply_to(path.error());
    DigestRequest request{.path = *path, .algorithm = algorithm};
    if (range.starts_with(' ')) range.remove_prefix(1);
    if (!range.empty()) {
        const auto [first, last] = split_word(range);
        const auto from = parse_number(first);
        const auto to = last.empty() ? std::optional(request.last) : parse_number(last);
        if (!from || !to || *from > *to)
            return reply(501, "The range must be two offsets in bytes.");
        request.first = *from;
        request.last = *to;
    }
    return FileTask{[request](Volume& volume) { return bare_digest(volume, request); }};
}

}  // namespace

Outcome hash(SessionState& state, std::string_view argument) {
    if (argument.empty()) return reply(501, "A path is needed.");
    auto path = VirtualPath::parse(argument, state.directory);
    if (!path) return reply_to(path.error());
    DigestRequest request{.path = *path, .algorithm = state.hash};
    return FileTask{[request](Volume& volume) { return hash_reply(volume, request); }};
}

Outcome xcrc(SessionState& state, std::string_view argument) {
    return digest_of(state, argument, DigestAlgorithm::crc32);
}
Outcome xmd5(SessionState& state, std::string_view argument) {
    return digest_of(state, argument, DigestAlgorithm::md5);
}
Outcome xsha1(SessionState& state, std::string_view argument) {
    return digest_of(state, argument, DigestAlgorithm::sha1);
}
Outcome xsha256(SessionState& state, std::string_view argument) {
    return digest_of(state, argument, DigestAlgorithm::sha256);
}
Outcome xsha512(SessionState& state, std::string_view argument) {
    return digest_of(state, argument, DigestAlgorithm::sha512);
}

}  // namespace sallyport::ftp::verbs
