#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/backend.hpp"

namespace sallyport::storage {

/// Bytes in use by all files of a backend. Thread-safe.
struct MemoryUsage {
    explicit MemoryUsage(std::uint64_t bytes) : capacity(bytes) {}

    const std::uint64_t capacity;
    std::atomic<std::uint64_t> used{0};
};

/// The content of one file; counts against the backend's capacity as long as it lives.
class MemoryBytes {
  public:
    explicit MemoryBytes(std::shared_ptr<MemoryUsage> usage) : usage_(std::move(usage)) {}
    ~MemoryBytes() { usage_->used -= bytes_.size(); }
    MemoryBytes(const MemoryBytes&) = delete;
    MemoryBytes& operator=(const MemoryBytes&) = delete;

    [[nodiscard]] std::span<const std::byte> view() const { return bytes_; }
    [[nodiscard]] std::uint64_t size() const { return bytes_.size(); }
    /// Copies up to `into.size()` bytes from `offset`; 0 means the end.
    [[nodiscard]] std::size_t read(std::uint64_t offset, std::span<std::byte> into) const;
    /// Stores `data` at `offset`; a gap before it is filled with zeros.
    [[nodiscard]] Result<void> write(std::uint64_t offset, std::span<const std::byte> data);
    /// Cuts the content, or fills it up with zeros, which count as any other bytes do.
    [[nodiscard]] Result<void> truncate(std::uint64_t size);

  private:
    std::shared_ptr<MemoryUsage> usage_;
    std::vector<std::byte> bytes_;
};

/// A file or directory.
struct MemoryNode {
    EntryType type = EntryType::file;
    FileTime modified{};
    std::uint32_t mode = 0;
    std::string id;
    std::shared_ptr<MemoryBytes> bytes;  ///< never changed once published
    std::map<std::string, std::shared_ptr<MemoryNode>, std::less<>> children;

    [[nodiscard]] bool is_directory() const { return type == EntryType::directory; }
};
using MemoryNodePointer = std::shared_ptr<MemoryNode>;

[[nodiscard]] Entry entry_of(std::string_view name, const MemoryNode& node);

[[nodiscard]] FileTime file_time_now();

/// All files of a backend, and the partials of all owners. Hold `mutex` for everything but `usage`.
struct MemoryTree {
    explicit MemoryTree(std::uint64_t capacity);

    /// `path` is relative to the backend's root, such as "acme/in/report.csv".
    [[nodiscard]] Result<MemoryNodePointer> find(std::string_view path) const;
    [[nodiscard]] Result<MemoryNodePointer> find_directory(std::string_view path) const;
    [[nodiscard]] MemoryNodePointer make_node(EntryType type, std::uint32_t mode);

    using Partials = std::map<VirtualPath, MemoryNodePointer>;

    std::mutex mutex;
    std::uint64_t last_id = 0;
    std::shared_ptr<MemoryUsage> usage;
    MemoryNodePointer root;
    std::map<std::string, Partials> partials;  ///< by owner and home
};

/// Gives `node` the name `name` in `directory`; the same rules as on disk. True: a file was
/// replaced.
[[nodiscard]] Result<bool> place(MemoryNode& directory, const std::string& name,
                                 MemoryNodePointer node, Overwrite overwrite);

}  // namespace sallyport::storage
