#pragma once

#include "storage/backend.hpp"

namespace sallyport {

/// Nobody has replaced the file or written to it between the two looks at it.
[[nodiscard]] bool is_same_version(const storage::Entry& before, const storage::Entry& after);

/// Nobody has replaced the file or written to it since it looked like `before`, as programs beside
/// the server may. What was read from it since then is of one version.
[[nodiscard]] Async<bool> is_unchanged(storage::Volume& volume, storage::VirtualPath path,
                                       storage::Entry before);

}  // namespace sallyport
