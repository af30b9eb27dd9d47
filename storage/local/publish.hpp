#pragma once

#include <string>

#include "storage/backend.hpp"
#include "storage/local/directory.hpp"

namespace sallyport::storage {

/// One name in an open directory. Refers to both; they must outlive it.
struct Place {
    const Descriptor& directory;
    const std::string& name;
};

enum class Placed {
    new_name,  ///< nothing had that name, or what had it was kept as a backup
    replaced,  ///< a regular file went away
};

/// Gives the file or directory `from` the name `to`, atomically. Only a regular file is ever
/// replaced or backed up: anything else that has the name is `exists`, `is_a_directory` or
/// `not_a_regular_file`.
[[nodiscard]] Result<Placed> place(const Place& from, const Place& to, Overwrite overwrite);

}  // namespace sallyport::storage
