#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "storage/backend.hpp"

namespace sallyport::server::ssh {

/// A volume for clients that read and write in many small, pipelined pieces: uploads are written
/// behind, downloads are read ahead. Used on `executor`'s thread.
[[nodiscard]] std::shared_ptr<storage::Volume> pipelined(std::shared_ptr<storage::Volume> volume,
                                                         boost::asio::any_io_executor executor);

}  // namespace sallyport::server::ssh
