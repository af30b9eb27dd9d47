// copy-data: draft-ietf-secsh-filexfer-extensions-00 section 7.

#include <algorithm>

#include "protocol/sftp/byte_source.hpp"
#include "protocol/sftp/limits.hpp"
#include "protocol/sftp/reply.hpp"
#include "protocol/sftp/requests/requests.hpp"

namespace sallyport::sftp::requests {
namespace {

using storage::Error;
using storage::Result;

struct Copy {
    ByteSource source;
    OpenUpload* target;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::uint64_t length = 0;  ///< bytes that are there to be copied
    bool short_of = false;     ///< fewer than the client asked for
};

/// Moves `copy` on by one chunk; 0 when the source has ended early.
Async<Result<std::size_t>> copy_chunk(Copy& copy, std::span<std::byte> buffer) {
    const auto count = std::min<std::uint64_t>(copy.length, buffer.size());
    const auto filled = co_await copy.source.fill(copy.from, buffer.first(count));
    if (!filled || *filled == 0) co_return filled;
    const auto written = co_await copy.target->upload->write(copy.to, buffer.first(*filled));
    if (!written) {
        copy.target->failure = written.error();
        co_return written.error();
    }
    copy.from += *filled;
    copy.to += *filled;
    copy.length -= *filled;
    co_return filled;
}

Async<Reply> copy_bytes(const SessionState& state, std::uint32_t id, Copy copy) {
    if (copy.target->failure) co_return reply_to(id, *copy.target->failure);
    std::vector<std::byte> buffer(std::min<std::uint64_t>(copy.length, copy_chunk_bytes));
    while (copy.length > 0) {
        if (state.interrupted) co_return status(id, StatusCode::failure, "interrupted");
        const auto copied = co_await copy_chunk(copy, buffer);
        if (!copied) co_return reply_to(id, copied.error());
        if (*copied == 0) copy.short_of = true;
        if (*copied == 0) break;
    }
    if (copy.short_of) co_return status(id, StatusCode::eof, "end of file");
    co_return success(id);
}

bool overlap(const Copy& copy) {
    return copy.length > 0 && copy.from < copy.to + copy.length &&
           copy.to < copy.from + copy.length;
}

}  // namespace

Outcome copy_data(SessionState& state, Request& request) {
    const auto read_handle = request.fields.string();
    const std::uint64_t from = request.fields.u64();
    const std::uint64_t wanted = request.fields.u64();  // 0: to the end
    const auto write_handle = request.fields.string();
    const std::uint64_t to = request.fields.u64();
    if (!request.fields.complete()) return bad_message(request.id);
    const auto source = ByteSource::find(state.handles, read_handle);
    if (!source) return reply_to(request.id, source.error());
    const auto target = state.handles.find_as<OpenUpload>(write_handle);
    if (!target) return reply_to(request.id, target.error());

    // Fixed before the first byte is copied, so that a file copied onto itself does not grow for
    // ever.
    const std::uint64_t size = source->size();
    const std::uint64_t left = from < size ? size - from : 0;
    Copy copy{.source = *source, .target = *target, .from = from, .to = to};
    copy.length = wanted == 0 ? left : std::min(wanted, left);
    copy.short_of = wanted > left;
    if (copy.target->append) copy.to = copy.target->upload->size();
    if (copy.length > max_offset || copy.to > max_offset - copy.length) {
        return reply_to(request.id, Error::too_large);
    }
    if (read_handle == write_handle && overlap(copy)) {
        return status(request.id, StatusCode::failure, "the ranges overlap");
    }
    return FileTask{
        [&state, id = request.id, copy](storage::Volume&) { return copy_bytes(state, id, copy); }};
}

}  // namespace sallyport::sftp::requests
