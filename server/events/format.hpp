#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "server/events/event.hpp"

namespace sallyport::events {

using Time = std::chrono::system_clock::time_point;

/// How an event becomes a line, without the line break. String values are escaped here, so the
/// result holds no control character whatever a client sent.
using Format = std::string (*)(Time time, Level level, std::string_view name, const Fields& fields);

/// For machines:
/// {"time":"2026-11-23T06:00:00.123Z","level":"info","event":"auth.ok","user":"acme"}.
[[nodiscard]] std::string to_json(Time time, Level level, std::string_view name,
                                  const Fields& fields);

/// For humans: 2026-11-23 06:00:00.123 info  auth.ok user=acme path="/in/a b.csv". UTC as well.
[[nodiscard]] std::string to_text(Time time, Level level, std::string_view name,
                                  const Fields& fields);

}  // namespace sallyport::events
