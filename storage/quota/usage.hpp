#pragma once

#include <cstdint>

namespace sallyport::storage {

/// How much is stored, or how much more may be.
struct Usage {
    std::uint64_t bytes = 0;  ///< of content, as file sizes say, holes included
    std::uint64_t files = 0;

    bool operator==(const Usage&) const = default;
    Usage& operator+=(const Usage& other) {
        bytes += other.bytes;
        files += other.files;
        return *this;
    }
    /// Never below zero: other programs may have added what is taken away now.
    Usage& operator-=(const Usage& other) {
        bytes -= bytes < other.bytes ? bytes : other.bytes;
        files -= files < other.files ? files : other.files;
        return *this;
    }
};

}  // namespace sallyport::storage
