#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

namespace sallyport::storage {

struct LocalOptions {
    std::filesystem::path root;  ///< an existing directory
    bool fsync = true;           ///< false: a power cut may lose acknowledged files
    bool digest = true;          ///< SHA-256 of every upload, computed as it streams in
    std::chrono::milliseconds partial_retention = std::chrono::hours(24);
    std::uint64_t min_free = 0;  ///< bytes of the file system that uploads never touch
};

}  // namespace sallyport::storage
