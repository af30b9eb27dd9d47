#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/sftp/handle_table.hpp"

namespace sallyport::sftp {

/// An open file whose bytes may be read: a download, or an upload opened for reading too. Valid as
/// long as its handle.
class ByteSource {
  public:
    /// The file of a handle; `wrong_kind` when it must not be read.
    [[nodiscard]] static boost::system::result<ByteSource, HandleError> find(
        HandleTable& handles, std::string_view handle);

    /// Bytes of the file.
    [[nodiscard]] std::uint64_t size() const;
    /// Fills `into` from `offset`; fewer bytes mean the end of the file.
    Async<storage::Result<std::size_t>> fill(std::uint64_t offset, std::span<std::byte> into);

  private:
    ByteSource(OpenDownload* download, OpenUpload* upload) : download_(download), upload_(upload) {}

    OpenDownload* download_;  ///< one of the two is null
    OpenUpload* upload_;
};

}  // namespace sallyport::sftp
