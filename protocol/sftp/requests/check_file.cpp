// check-file-name and check-file-handle: draft-ietf-secsh-filexfer-extensions-00 section 3, as
// ProFTPD answers them and WinSCP reads it. check-file: the form that paramiko sends and reads,
// which repeats the name of the extension in the answer.

#include <algorithm>
#include <array>
#include <optional>

#include "protocol/sftp/limits.hpp"
#include "protocol/sftp/reply.hpp"
#include "protocol/sftp/requests/requests.hpp"
#include "protocol/unchanged.hpp"

namespace sallyport::sftp::requests {
namespace {

using storage::DigestAlgorithm;
using storage::Entry;
using storage::VirtualPath;
using storage::Volume;

struct Named {
    std::string_view name;
    DigestAlgorithm algorithm;
};
constexpr std::array algorithms{
    Named{"sha256", DigestAlgorithm::sha256},
    Named{"sha512", DigestAlgorithm::sha512},
    Named{"sha1", DigestAlgorithm::sha1},
    Named{"md5", DigestAlgorithm::md5},
};

enum class AnswerForm { draft, paramiko };

/// What follows the file in the request.
struct Range {
    const Named* digest = nullptr;
    std::uint64_t start = 0;
    std::uint64_t length = 0;  ///< bytes; 0: to the end
    std::uint32_t block = 0;   ///< bytes digested together; 0: all
    AnswerForm form = AnswerForm::draft;
};

/// The first of the client's names, which are separated by commas, that is known here.
const Named* choose(std::string_view names) {
    while (!names.empty()) {
        const auto end = std::min(names.find(','), names.size());
        const auto* const found = std::ranges::find(algorithms, names.substr(0, end), &Named::name);
        if (found != algorithms.end()) return found;
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    return nullptr;
}

std::uint8_t digit_value(char digit) {
    return static_cast<std::uint8_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

void write_hex(Writer& writer, std::string_view hex) {
    const auto bytes = writer.extend(hex.size() / 2);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = std::byte(digit_value(hex[2 * i]) << 4U | digit_value(hex[2 * i + 1]));
    }
}

Reply failure(std::uint32_t id, std::string_view why) {
    return status(id, StatusCode::failure, why);
}

Async<Reply> digest_blocks(Volume& volume, const SessionState& state, std::uint32_t id,
                           VirtualPath path, Range range, std::uint64_t last) {
    const std::uint64_t block = range.block == 0 ? last - range.start : range.block;
    Writer writer(PacketType::extended_reply);
    writer.u32(id);
    if (range.form == AnswerForm::paramiko) writer.string("check-file");
    writer.string(range.digest->name);
    std::uint64_t first = range.start;
    do {
        if (state.interrupted) co_return failure(id, "interrupted");
        const std::uint64_t end = first + std::min(block, last - first);
        const auto digest = co_await volume.digest(path, range.digest->algorithm, first, end);
        if (!digest) co_return reply_to(id, digest.error());
        write_hex(writer, *digest);
        first = end;
    } while (first < last);
    co_return writer.finish();
}

/// What a handle reads from; nothing when the client gives a name.
using Opened = std::optional<Entry>;

Async<Reply> digest_file(Volume& volume, const SessionState& state, std::uint32_t id,
                         VirtualPath path, Opened opened, Range range) {
    const auto entry = co_await volume.stat(path);
    if (!entry) co_return reply_to(id, entry.error());
    if (opened && !is_same_version(*opened, *entry)) {
        co_return failure(id, "the file has changed since it was opened");
    }
    if (entry->type == storage::EntryType::directory) {
        co_return reply_to(id, storage::Error::is_a_directory);
    }
    if (entry->partial) co_return failure(id, "the upload of this file is not complete");
    if (range.start > entry->size) co_return reply_to(id, storage::Error::bad_offset);
    const std::uint64_t left = entry->size - range.start;
    const std::uint64_t length = range.length == 0 ? left : std::min(range.length, left);
    if (range.block != 0 && length / range.block >= max_digest_blocks) {
        co_return failure(id, "too many blocks");
    }
    const auto reply = co_await digest_blocks(volume, state, id, path, range, range.start + length);
    const bool unchanged = co_await is_unchanged(volume, std::move(path), *entry);
    co_return unchanged ? reply : reply_to(id, storage::Error::changed);
}

/// Reads what follows the file; nothing when it is malformed.
std::optional<Range> read_range(Request& request, AnswerForm form) {
    Range range;
    range.form = form;
    range.digest = choose(request.fields.string());
    range.start = request.fields.u64();
    range.length = request.fields.u64();
    range.block = request.fields.u32();
    if (!request.fields.complete()) return std::nullopt;
    return range;
}

Outcome digest_at(SessionState& state, std::uint32_t id, const VirtualPath& path,
                  const Opened& opened, const Range& range) {
    if (range.digest == nullptr) return failure(id, "none of these digests is supported");
    if (range.block != 0 && range.block < min_digest_block_bytes) {
        return failure(id, "the blocks are too small");
    }
    return FileTask{[&state, id, path, opened, range](Volume& volume) {
        return digest_file(volume, state, id, path, opened, range);
    }};
}

Outcome digest_of_handle(SessionState& state, Request& request, AnswerForm form) {
    const auto handle = request.fields.string();
    const auto range = read_range(request, form);
    if (!range) return bad_message(request.id);
    // What is being uploaded has no digest yet: it is whole when it is closed.
    const auto open = state.handles.find_as<OpenDownload>(handle);
    if (!open) return reply_to(request.id, open.error());
    return digest_at(state, request.id, (*open)->path, (*open)->download->entry(), *range);
}

}  // namespace

Outcome check_file(SessionState& state, Request& request) {
    return digest_of_handle(state, request, AnswerForm::paramiko);
}

Outcome check_file_handle(SessionState& state, Request& request) {
    return digest_of_handle(state, request, AnswerForm::draft);
}

Outcome check_file_name(SessionState& state, Request& request) {
    const auto name = request.fields.string();
    const auto range = read_range(request, AnswerForm::draft);
    if (!range) return bad_message(request.id);
    const auto path = VirtualPath::parse(name);
    if (!path) return reply_to(request.id, path.error());
    return digest_at(state, request.id, *path, std::nullopt, *range);
}

}  // namespace sallyport::sftp::requests
