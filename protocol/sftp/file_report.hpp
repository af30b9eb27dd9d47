#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "storage/virtual_path.hpp"

namespace sallyport::sftp {

/// The end of a file's transfer, for the log and the audit file.
struct FileReport {
    enum class What {
        received,   ///< published
        abandoned,  ///< not published
        sent,       ///< read, in whole or in part, and closed
    };
    What what;
    storage::VirtualPath path;
    std::uint64_t size = 0;   ///< bytes of the file
    std::uint64_t moved = 0;  ///< bytes that this session received or sent, repetitions included
    std::string sha256{};     ///< of a received file, lower-case hex; empty when digests are off
    bool resumed = false;     ///< a received file began with bytes that were there before
    std::string why{};        ///< why it was abandoned; never holds client bytes
    std::chrono::nanoseconds duration{};  ///< since it was opened, by the session's clock
};

/// Called on the session's executor, between an operation on storage and its answer.
using OnFile = std::function<void(const FileReport&)>;

}  // namespace sallyport::sftp
