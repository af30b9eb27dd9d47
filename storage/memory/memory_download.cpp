#include "storage/memory/memory_download.hpp"

namespace sallyport::storage {

Async<Result<std::size_t>> MemoryDownload::read(std::uint64_t offset, std::span<std::byte> into) {
    co_return bytes_->read(offset, into);
}

}  // namespace sallyport::storage
