#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "storage/backend.hpp"

namespace sallyport::server::ssh {

/// Bytes that are collected before they go to storage, and that are on their way there at the same
/// time. Bounds the memory of an upload to twice this; a small file takes what it needs.
inline constexpr std::size_t write_behind_bytes = 256 * 1024;

/// An upload whose `write` answers before the bytes are in storage, so that the client's next ones
/// are received meanwhile. What goes wrong is answered to the next operation, and to `commit` at
/// the latest, which then publishes nothing. Bytes beyond the end are written at once, because they
/// may be refused. Lives on `executor`'s thread.
[[nodiscard]] std::unique_ptr<storage::Upload> write_behind(std::unique_ptr<storage::Upload> upload,
                                                            boost::asio::any_io_executor executor);

}  // namespace sallyport::server::ssh
