#pragma once

#include "storage/local/home.hpp"

namespace sallyport::storage {

/// An upload that may begin: its final name for now, its staged file and the bytes that file has
/// already.
struct StartedUpload {
    VirtualPath path;
    StagedFile staged;
    std::uint64_t kept = 0;
};

/// Checks the target, the size and the space, then stages a file: empty, the owner's partial, or a
/// copy of what is published. When it fails, nothing has changed.
[[nodiscard]] Result<StartedUpload> start_upload(const Home& home, const UploadRequest& request);

/// `no_space` if fewer than `wanted` bytes are left above the floor of the options.
[[nodiscard]] Result<void> require_space(const Home& home, std::uint64_t wanted);

}  // namespace sallyport::storage
