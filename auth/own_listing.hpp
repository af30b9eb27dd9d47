#pragma once

#include <memory>

#include "auth/own_paths.hpp"
#include "auth/policy.hpp"
#include "storage/backend.hpp"

namespace sallyport::auth {

/// The entries of `directory` that are in `own`, the user's partials, and what `policy` lets be
/// looked at whoever brought it.
[[nodiscard]] std::unique_ptr<storage::Listing> only_own(std::unique_ptr<storage::Listing> listing,
                                                         storage::VirtualPath directory,
                                                         std::shared_ptr<const OwnPaths> own,
                                                         std::shared_ptr<const Policy> policy);

}  // namespace sallyport::auth
