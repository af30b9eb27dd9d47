#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>

/// What a test has written down for a preloaded library, in the file that the environment names in
/// `variable`, as long as the process lives; nullptr without that.
inline void* map_plan_of(const char* variable, std::size_t bytes) {
    const char* const path = std::getenv(variable);
    if (path == nullptr) return nullptr;
    const int file = ::open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) std::abort();
    void* const mapped = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    if (mapped == MAP_FAILED) std::abort();
    return mapped;
}
