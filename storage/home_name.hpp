#pragma once

#include <string_view>

#include "storage/virtual_path.hpp"

namespace sallyport::storage {

/// A home, such as "acme", "partners/acme" or ".", the root itself, as a path below the storage
/// root. Fails with `invalid_name` for anything but plain, acceptable components.
[[nodiscard]] Result<VirtualPath> parse_home(std::string_view home);

}  // namespace sallyport::storage
