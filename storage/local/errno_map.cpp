#include "storage/local/errno_map.hpp"

#include <cerrno>

namespace sallyport::storage {

Error from_errno(int number) {
    switch (number) {
        case EILSEQ:
        case ENAMETOOLONG:
            return Error::invalid_name;
        case ENOENT:
            return Error::not_found;
        case EEXIST:
            return Error::exists;
        case ENOTDIR:
            return Error::not_a_directory;
        case EISDIR:
            return Error::is_a_directory;
        case ENXIO:
        case ENODEV:
            return Error::not_a_regular_file;
        case ENOTEMPTY:
            return Error::not_empty;
        case EACCES:
        case EPERM:
        case EBUSY:
        case ETXTBSY:
        case ELOOP:
        case EXDEV:
            return Error::forbidden;
        case EROFS:
            return Error::read_only;
        case ENOSPC:
        case EMLINK:
            return Error::no_space;
        case EDQUOT:
            return Error::quota_exceeded;
        case EFBIG:
            return Error::too_large;
        case ESTALE:
        case ENOTCONN:
            return Error::unavailable;
        default:
            return Error::io;
    }
}

Result<void> outcome(long returned) {
    if (returned >= 0) return {};
    return from_errno(errno);
}

}  // namespace sallyport::storage
