#pragma once

#include <cstdint>
#include <string>

#include "storage/backend.hpp"
#include "storage/local/directory.hpp"

namespace sallyport::storage {

/// One name in an open directory. Refers to both; they must outlive it.
struct Place {
    const Descriptor& directory;
    const std::string& name;
};

/// What becomes of a regular file whose name is taken.
enum class Old {
    removed,
    swapped,  ///< it gets the name that the new one had, so that `take_back` can undo it
};

/// How a name was taken.
struct Placed {
    enum class How {
        new_name,  ///< nothing had that name
        removed,   ///< what had it is gone
        swapped,   ///< what had it is `from` now
        kept,      ///< what had it is `backup` now
    };
    How how = How::new_name;
    std::uint64_t inode = 0;          ///< of the file that has taken the name
    std::uint64_t replaced_size = 0;  ///< bytes of the file that is gone, if one is
    std::string backup;

    [[nodiscard]] bool replaced() const { return how == How::removed || how == How::swapped; }
};

/// Gives the file or directory `from` the name `to`, atomically: whoever looks sees the old one or
/// the new one, even when the process dies meanwhile. Only a regular file is ever replaced or
/// backed up: anything else that has the name is `exists`, `is_a_directory` or
/// `not_a_regular_file`. A file system that cannot exchange names removes, whatever `old` says, and
/// leaves the name free for a moment when it makes a backup.
[[nodiscard]] Result<Placed> place(const Place& from, const Place& to, Overwrite overwrite,
                                   Old old);

/// Undoes `place`, as far as it can be undone: the old file has its name again and the new one is
/// `from`. A file that somebody else has given the name meanwhile keeps it.
void take_back(const Place& from, const Place& to, const Placed& placed);

}  // namespace sallyport::storage
