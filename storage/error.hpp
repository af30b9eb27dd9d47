#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <string_view>

namespace sallyport::storage {

/// Why a storage operation was refused or failed. Each door maps these to its own wire codes in one
/// exhaustive switch.
enum class Error {
    invalid_name,        ///< not a name that VirtualPath accepts
    not_found,           ///< nothing has that name
    exists,              ///< something has that name already and may not be replaced
    not_a_directory,     ///< a directory was needed
    is_a_directory,      ///< a file was needed
    not_a_regular_file,  ///< a link, device, pipe or socket: never opened
    not_empty,           ///< a directory that still holds something
    forbidden,           ///< the policy, or the file system's permissions, say no
    read_only,           ///< the file system cannot be written to
    no_space,            ///< the disk is full, or below its free-space floor
    quota_exceeded,      ///< the user's, or the file system's, quota is used up
    too_large,           ///< more bytes than the policy allows one file to have
    crosses_folders,     ///< a name cannot move from one folder of the server to another one
    bad_offset,          ///< a resume offset past the end of what is stored
    changed,             ///< another program changed the file while it was read
    unavailable,         ///< the storage root is gone or was replaced
    io,                  ///< the medium failed; nothing was acknowledged
};

/// One English sentence part in lower case, such as "no such file or directory". Never holds client
/// bytes.
[[nodiscard]] std::string_view describe(Error error);

/// A value, or the reason why there is none.
template <class T>
using Result = boost::system::result<T, Error>;

/// Called by `Result::value()` on an error, which is a broken invariant of the caller: throws
/// std::logic_error.
[[noreturn]] void throw_exception_from_error(Error error, const boost::source_location& where);

}  // namespace sallyport::storage
