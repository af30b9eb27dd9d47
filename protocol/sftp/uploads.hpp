#pragma once

#include <string_view>

#include "protocol/sftp/session_state.hpp"

/// How uploads of a session end. Each end is reported.
namespace sallyport::sftp {

/// Publishes what is staged; an upload that has failed before is discarded with that error.
[[nodiscard]] Async<storage::Result<void>> publish(const SessionState& state, OpenUpload& open);

/// Gives the upload up. `why` must live until this completes.
Async<void> give_up(const SessionState& state, OpenUpload& open, storage::Upload::Keep keep,
                    std::string_view why);

}  // namespace sallyport::sftp
