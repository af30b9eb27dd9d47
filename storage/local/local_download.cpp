#include "storage/local/local_download.hpp"

#include "storage/local/entry_of.hpp"
#include "storage/local/file_bytes.hpp"

namespace sallyport::storage {

Result<std::unique_ptr<Download>> LocalDownload::open(const Home& home, BlockingPool& pool,
                                                      const VirtualPath& path) {
    auto opened = home.open_file(path);
    if (!opened) return opened.error();
    Entry entry = entry_of(std::string(path.name()), opened->status);
    return std::unique_ptr<Download>(
        new LocalDownload(pool, std::move(opened->file), std::move(entry)));
}

Async<Result<std::size_t>> LocalDownload::read(std::uint64_t offset, std::span<std::byte> into) {
    co_return co_await pool_.run([&] { return read_at(file_, offset, into); });
}

}  // namespace sallyport::storage
