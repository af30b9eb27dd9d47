#pragma once

#include "storage/error.hpp"

namespace sallyport::storage {

/// The one place where the system's error numbers become ours; unknown ones become `io`.
[[nodiscard]] Error from_errno(int number);

/// Success for a non-negative `returned`, else what `errno` says.
[[nodiscard]] Result<void> outcome(long returned);

}  // namespace sallyport::storage
