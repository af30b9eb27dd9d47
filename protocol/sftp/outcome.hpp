#pragma once

#include <functional>
#include <string_view>
#include <variant>

#include "protocol/sftp/writer.hpp"
#include "storage/backend.hpp"

/// What a session asks of its driver in answer to one packet.
namespace sallyport::sftp {

/// Something to do with files: run it on the user's volume, send what it yields, and only then
/// handle the next packet, so that answers keep the order of the requests. Run it once, or not at
/// all. What it needs lives in the session and in the coroutine, not in the task.
struct FileTask {
    std::function<Async<Reply>(storage::Volume&)> run;
};

/// End the session without an answer: the peer does not speak SFTP version 3.
struct Close {
    std::string_view reason;  ///< for the log
};

using Outcome = std::variant<Reply, FileTask, Close>;

}  // namespace sallyport::sftp
