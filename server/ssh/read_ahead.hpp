#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "storage/backend.hpp"

namespace sallyport::server::ssh {

/// Bytes that are read from storage at once while a client reads a file from front to back; as many
/// are read ahead. Bounds the memory of a download to twice this.
inline constexpr std::size_t read_ahead_bytes = 256 * 1024;

/// A download that reads ahead of a client that reads in order. Reads elsewhere go straight
/// through. `read` fills its whole span unless the file ends before. Lives on `executor`'s thread.
[[nodiscard]] std::unique_ptr<storage::Download> read_ahead(
    std::unique_ptr<storage::Download> download, boost::asio::any_io_executor executor);

}  // namespace sallyport::server::ssh
