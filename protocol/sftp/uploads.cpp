#include "protocol/sftp/uploads.hpp"

namespace sallyport::sftp {
namespace {

using storage::Result;
using storage::Upload;
using What = FileReport::What;

void report(const SessionState& state, const OpenUpload& open, FileReport::What what,
            const storage::Stored& stored, std::string_view why) {
    if (!state.options.on_file) return;
    state.options.on_file({.what = what,
                           .path = stored.path,
                           .size = stored.size,
                           .moved = open.moved,
                           .sha256 = stored.sha256,
                           .resumed = open.resumed,
                           .why = std::string(why),
                           .duration = state.options.clock() - open.opened});
}

storage::Stored staged(const OpenUpload& open) {
    storage::Stored stored;
    stored.path = open.upload->path();
    stored.size = open.upload->size();
    return stored;
}

}  // namespace

Async<Result<void>> publish(const SessionState& state, OpenUpload& open) {
    if (open.failure) {
        co_await give_up(state, open, Upload::Keep::nothing, describe(*open.failure));
        co_return *open.failure;
    }
    const auto stored = co_await open.upload->commit();
    if (!stored) {
        report(state, open, What::abandoned, staged(open), describe(stored.error()));
        co_return stored.error();
    }
    report(state, open, What::received, *stored, {});
    co_return Result<void>();
}

Async<void> give_up(const SessionState& state, OpenUpload& open, Upload::Keep keep,
                    std::string_view why) {
    const auto unpublished = staged(open);
    co_await open.upload->abandon(keep);
    report(state, open, What::abandoned, unpublished, why);
}

}  // namespace sallyport::sftp
