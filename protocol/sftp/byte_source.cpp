#include "protocol/sftp/byte_source.hpp"

namespace sallyport::sftp {
namespace {

template <class File>
Async<storage::Result<std::size_t>> fill_from(File& file, std::uint64_t offset,
                                              std::span<std::byte> into) {
    std::size_t filled = 0;
    while (filled < into.size()) {
        const auto got = co_await file.read(offset + filled, into.subspan(filled));
        if (!got) co_return got.error();
        if (*got == 0) break;
        filled += *got;
    }
    co_return filled;
}

}  // namespace

boost::system::result<ByteSource, HandleError> ByteSource::find(HandleTable& handles,
                                                                std::string_view handle) {
    OpenItem* const item = handles.find(handle);
    if (item == nullptr) return HandleError::unknown;
    if (auto* download = std::get_if<OpenDownload>(item)) return ByteSource(download, nullptr);
    auto* const upload = std::get_if<OpenUpload>(item);
    if (upload == nullptr || !upload->readable) return HandleError::wrong_kind;
    return ByteSource(nullptr, upload);
}

std::uint64_t ByteSource::size() const {
    return download_ != nullptr ? download_->download->entry().size : upload_->upload->size();
}

Async<storage::Result<std::size_t>> ByteSource::fill(std::uint64_t offset,
                                                     std::span<std::byte> into) {
    if (upload_ != nullptr) co_return co_await fill_from(*upload_->upload, offset, into);
    download_->used = true;
    const auto filled = co_await fill_from(*download_->download, offset, into);
    if (filled) download_->moved += *filled;
    co_return filled;
}

}  // namespace sallyport::sftp
