#pragma once

#include <memory>
#include <optional>

#include "config/config.hpp"
#include "server/events/event.hpp"
#include "server/events/line_file.hpp"

namespace sallyport::events {

/// Where a sink writes: open, and without a thread.
struct LogFiles {
    LineFile log;
    std::optional<LineFile> audit;
};

/// Throws std::runtime_error with one sentence when a file cannot be opened.
[[nodiscard]] LogFiles open_log_files(const config::Log& options);

/// The sink that a configuration describes: a JSON or text log on standard error or in a file, and
/// a JSON audit file with every event of level info and above, whatever the log's level. One event
/// is one line:
/// {"time":"2026-11-23T06:00:00.123Z","level":"info","event":"auth.ok","session":"...","user":...}.
/// Lines are written soon by a thread of the sink. When the disk or a reader stalls, the oldest
/// waiting lines go and a "log.dropped" event later says how many. Destruction writes what waits,
/// for a second at most if nobody reads.
[[nodiscard]] std::shared_ptr<Sink> make_log_sink(const config::Log& options, LogFiles files);

/// The same for files that are opened now; throws what `open_log_files` throws.
[[nodiscard]] std::shared_ptr<Sink> make_log_sink(const config::Log& options);

}  // namespace sallyport::events
