#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace sallyport::storage {

/// Wall-clock time of a file, to the second or better.
using FileTime = std::chrono::sys_time<std::chrono::nanoseconds>;

enum class EntryType { file, directory };

/// What is known of one file or directory.
struct Entry {
    std::string name;  ///< last component; empty for a volume's root
    EntryType type = EntryType::file;
    std::uint64_t size = 0;  ///< bytes; 0 for a directory
    FileTime modified{};
    std::uint32_t mode = 0;  ///< permission bits 07777 only
    std::string id;          ///< the same for the same file as long as it lives; opaque
    bool partial = false;    ///< an interrupted upload that only its owner sees
};

/// A change of attributes; what is absent stays as it is.
struct AttributeChange {
    std::optional<FileTime> modified;
    std::optional<std::uint32_t>
        mode;  ///< permission bits 0777 only; set-id and sticky bits are dropped
};

}  // namespace sallyport::storage
