#pragma once

#include "storage/local/descriptor.hpp"
#include "storage/quota/usage.hpp"

namespace sallyport::storage {

/// Counts all regular files in `folder` and below, but not what the storage keeps there for itself.
/// Folders that cannot be read count for nothing. Memory grows with the number of folders.
[[nodiscard]] Result<Usage> usage_below(const Descriptor& folder);

}  // namespace sallyport::storage
