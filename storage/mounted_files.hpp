#pragma once

#include "storage/mounts.hpp"

namespace sallyport::storage {

/// What is at a fixed path: the mount's folder, or a directory on the way to one, which need not
/// exist in the home.
[[nodiscard]] Async<Result<Entry>> stat_fixed(std::shared_ptr<const Mounts> mounts,
                                              VirtualPath path);

/// `listing`, which may be null, of `directory`, with the fixed names instead of what it has under
/// those names. Mounts that are not there are left out.
[[nodiscard]] Result<std::unique_ptr<Listing>> list_with_fixed(std::unique_ptr<Listing> listing,
                                                               std::shared_ptr<const Mounts> mounts,
                                                               VirtualPath directory,
                                                               std::set<std::string> fixed);

/// An upload to a mount as its user knows it.
[[nodiscard]] Result<std::unique_ptr<Upload>> upload_in_mount(std::unique_ptr<Upload> upload,
                                                              const Mounts::Route& route);

}  // namespace sallyport::storage
