#pragma once

#include <string>

#include "server/monitor/status.hpp"

namespace sallyport::server::admin {

/// A status as one JSON object, for `/status`: times in ISO 8601 (UTC), durations in seconds, sizes
/// in bytes, rates in bytes a second; client bytes are escaped as in events.
[[nodiscard]] std::string to_json(const monitor::Status& status);

}  // namespace sallyport::server::admin
