#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/backend.hpp"
#include "storage/memory/memory_backend.hpp"
#include "storage/quota/ledger.hpp"

namespace sallyport::storage {

/// Bytes in use by all files of a backend. Thread-safe.
struct MemoryUsage {
    explicit MemoryUsage(std::uint64_t bytes) : capacity(bytes) {}

    /// Bytes that may still be stored.
    [[nodiscard]] std::uint64_t left() const {
        const std::uint64_t now = used.load();
        return now < capacity ? capacity - now : 0;
    }

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
    explicit MemoryTree(const MemoryOptions& options);

    /// `path` is relative to `from`, such as "acme/in/report.csv"; empty: `from` itself.
    [[nodiscard]] Result<MemoryNodePointer> find(MemoryNodePointer from,
                                                 std::string_view path) const;
    [[nodiscard]] MemoryNodePointer make_node(EntryType type, std::uint32_t mode);

    using Partials = std::map<VirtualPath, MemoryNodePointer>;

    std::mutex mutex;
    std::uint64_t last_id = 0;
    const bool digest;
    const std::uint64_t capacity;
    const std::shared_ptr<Ledger> ledger = std::make_shared<Ledger>();
    std::shared_ptr<MemoryUsage> usage;
    MemoryNodePointer root;
    std::map<std::string, MemoryNodePointer> mounts;  ///< by folder
    std::map<std::string, Partials> partials;         ///< by owner and home
};

/// All files of a directory and below.
[[nodiscard]] Usage usage_below(const MemoryNode& directory);

/// The name of an owner's partials in one folder, and of the stash that counts them.
[[nodiscard]] std::string partials_key(std::string_view owner, std::string_view place);

/// Gives `node` the name `name` in `directory`; the same rules as on disk. The file that was
/// replaced, or null.
[[nodiscard]] Result<MemoryNodePointer> place(MemoryNode& directory, const std::string& name,
                                              MemoryNodePointer node, Overwrite overwrite);

}  // namespace sallyport::storage
