#pragma once

#include "config/schema.hpp"

namespace sallyport::config {

/// `[policy.NAME]` and `[user.NAME]`, which share the keys that a user may override.
[[nodiscard]] TableSchema policy_table();
[[nodiscard]] TableSchema user_table();

}  // namespace sallyport::config
