#pragma once

#include <memory>

#include "auth/own_paths.hpp"
#include "storage/backend.hpp"

namespace sallyport::auth {

/// The entries of `directory` that are in `own`, and the user's partials.
[[nodiscard]] std::unique_ptr<storage::Listing> only_own(std::unique_ptr<storage::Listing> listing,
                                                         storage::VirtualPath directory,
                                                         std::shared_ptr<const OwnPaths> own);

}  // namespace sallyport::auth
