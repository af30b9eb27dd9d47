#pragma once

#include <functional>
#include <memory>

#include "auth/own_paths.hpp"
#include "auth/policy.hpp"
#include "storage/backend.hpp"

namespace sallyport::auth {

/// An upload as `Guard` hands it out: remembered in `own` once it is published; a write past
/// `max_size` bytes, which `upload` was told, too, answers `too_large` at once; its
/// `set_attributes` drops what `policy` does not grant on own files, calls `on_drop` the first
/// time with the rule that decided, and succeeds.
[[nodiscard]] std::unique_ptr<storage::Upload> guarded(
    std::unique_ptr<storage::Upload> upload, std::shared_ptr<OwnPaths> own,
    std::shared_ptr<const Policy> policy, std::uint64_t max_size,
    std::function<void(const storage::VirtualPath&, std::string rule)> on_drop);

}  // namespace sallyport::auth
