#pragma once

#include "storage/backend.hpp"
#include "storage/local/mount_roots.hpp"

namespace sallyport::storage {

/// Puts all members of a quota into its account. Folders that have not been counted for a while
/// begin to be; those that are not there do not count. Blocks.
void add_members(Root& root, MountRoots& mounts, const Quota& quota, Account& account);

}  // namespace sallyport::storage
