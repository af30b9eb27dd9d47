#pragma once

#include "storage/local/home.hpp"

namespace sallyport::storage {

/// Changes times and permissions of a directory, or of a regular file with exactly one name.
[[nodiscard]] Result<void> change_attributes(const Home& home, const VirtualPath& path,
                                             const AttributeChange& change);

}  // namespace sallyport::storage
