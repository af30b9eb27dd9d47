#pragma once

#include "config/readers.hpp"

namespace sallyport::config {

/// Most mounts that one table may have. Every operation looks at all mounts of a user.
inline constexpr std::size_t max_mounts = 64;

/// A table of virtual folders: `"/path seen by the user" = "folder on this machine"`.
[[nodiscard]] Reader<std::vector<PlacedMount>> some_mounts();

}  // namespace sallyport::config
