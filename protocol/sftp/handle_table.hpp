#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "storage/backend.hpp"

namespace sallyport::sftp {

/// A file opened for reading only.
struct OpenDownload {
    storage::VirtualPath path;
    std::unique_ptr<storage::Download> download;
    storage::FileTime opened{};
    bool used = false;        ///< something of it was asked for
    std::uint64_t moved = 0;  ///< bytes sent
};

/// A file opened for writing: staged, published by CLOSE.
struct OpenUpload {
    std::unique_ptr<storage::Upload> upload;
    bool readable = false;
    bool append = false;   ///< offsets of WRITE are ignored
    bool resumed = false;  ///< began with bytes that were there before
    storage::FileTime opened{};
    std::uint64_t moved = 0;                               ///< bytes received
    std::optional<storage::Error> failure = std::nullopt;  ///< what is staged must not be published
};

/// A directory being read.
struct OpenDirectory {
    storage::VirtualPath path;
    std::unique_ptr<storage::Listing> listing;
    bool begun = false;  ///< "." and ".." were sent
};

using OpenItem = std::variant<OpenDownload, OpenUpload, OpenDirectory>;

/// What an item was opened as; an upload's is its final name.
[[nodiscard]] const storage::VirtualPath& path_of(const OpenItem& item);

/// Why a handle could not be used.
enum class HandleError {
    unknown,     ///< never given out, or closed
    wrong_kind,  ///< open, but not for this
};

/// What a session has open. Handles are opaque, eight bytes, and never repeat; items stay at their
/// address until they are taken out.
class HandleTable {
  public:
    [[nodiscard]] std::size_t size() const { return items_.size(); }
    /// True when `max_handles` are open: nothing more may be added.
    [[nodiscard]] bool full() const;
    /// The handle of the new item.
    [[nodiscard]] std::string add(OpenItem item);
    /// The item of a handle as the client sent it; nullptr when there is none.
    [[nodiscard]] OpenItem* find(std::string_view handle);
    /// The same when it must be of one kind.
    template <class Kind>
    [[nodiscard]] boost::system::result<Kind*, HandleError> find_as(std::string_view handle) {
        OpenItem* const item = find(handle);
        if (item == nullptr) return HandleError::unknown;
        Kind* const found = std::get_if<Kind>(item);
        if (found == nullptr) return HandleError::wrong_kind;
        return found;
    }
    /// Takes the item out; its handle is gone. Nothing when there is none.
    [[nodiscard]] std::optional<OpenItem> take(std::string_view handle);
    /// An upload to `path` that is open, the latest one; nullptr when there is none.
    [[nodiscard]] OpenUpload* upload_to(const storage::VirtualPath& path);
    /// Takes everything out.
    [[nodiscard]] std::vector<OpenItem> take_all();

  private:
    std::uint64_t given_out_ = 0;
    std::map<std::uint64_t, OpenItem> items_;  ///< by the number of the handle
};

}  // namespace sallyport::sftp
