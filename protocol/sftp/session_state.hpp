#pragma once

#include <functional>
#include <string>

#include "protocol/sftp/file_report.hpp"
#include "protocol/sftp/handle_table.hpp"
#include "storage/entry.hpp"

namespace sallyport::sftp {

/// What the session is told by its driver, once.
struct SessionOptions {
    std::string user;                          ///< owner of everything that is listed
    std::function<storage::FileTime()> clock;  ///< wall clock, for listings and durations
    OnFile on_file = {};                       ///< may be empty
};

/// Everything that requests change.
struct SessionState {
    SessionOptions options;
    bool started = false;      ///< INIT was answered
    bool interrupted = false;  ///< long tasks must end
    HandleTable handles;
};

}  // namespace sallyport::sftp
