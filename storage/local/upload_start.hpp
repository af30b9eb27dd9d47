#pragma once

#include "storage/local/home.hpp"

namespace sallyport::storage {

/// An upload that may begin.
struct StartedUpload {
    VirtualPath path;  ///< the final name for now
    StagedFile staged;
    std::uint64_t kept = 0;  ///< bytes that the file has already
    FileTime modified;       ///< when those were last changed
    bool continues_partial = false;
    std::string id;          ///< as `Entry::id`
    bool has_holes = false;  ///< the file, where something may be written
};

/// Checks the target, the size and the space, then stages a file: empty, the owner's partial, or a
/// copy of what is published. When it fails, nothing has changed.
[[nodiscard]] Result<StartedUpload> start_upload(const Home& home, const UploadRequest& request);

}  // namespace sallyport::storage
