#include "storage/memory/memory_download.hpp"

#include <algorithm>

namespace sallyport::storage {

Async<Result<std::size_t>> MemoryDownload::read(std::uint64_t offset, std::span<std::byte> into) {
    const auto bytes = bytes_->view();
    const auto rest = bytes.subspan(std::min<std::uint64_t>(offset, bytes.size()));
    const auto wanted = rest.first(std::min(rest.size(), into.size()));
    std::copy(wanted.begin(), wanted.end(), into.begin());
    co_return wanted.size();
}

}  // namespace sallyport::storage
