#include "storage/error.hpp"

#include <stdexcept>
#include <string>

namespace sallyport::storage {

std::string_view describe(Error error) {
    switch (error) {
        case Error::invalid_name:
            return "not an acceptable name";
        case Error::not_found:
            return "no such file or directory";
        case Error::exists:
            return "something with that name exists already";
        case Error::not_a_directory:
            return "not a directory";
        case Error::is_a_directory:
            return "is a directory";
        case Error::not_a_regular_file:
            return "not a regular file";
        case Error::not_empty:
            return "the directory is not empty";
        case Error::forbidden:
            return "permission denied";
        case Error::read_only:
            return "the file system is read-only";
        case Error::no_space:
            return "no space left";
        case Error::quota_exceeded:
            return "the quota is used up";
        case Error::too_large:
            return "larger than a file may be";
        case Error::crosses_folders:
            return "files cannot be moved between these folders";
        case Error::bad_offset:
            return "the offset is past the end of what is stored";
        case Error::changed:
            return "another program changes the file";
        case Error::unavailable:
            return "the storage is not available";
        case Error::io:
            return "the storage failed";
    }
    return "unknown error";
}

void throw_exception_from_error(Error error, const boost::source_location& where) {
    throw std::logic_error(std::string(where.file_name()) + ":" + std::to_string(where.line()) +
                           ": value of a failed result: " + std::string(describe(error)));
}

}  // namespace sallyport::storage
