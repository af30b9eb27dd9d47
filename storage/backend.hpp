#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "storage/async.hpp"
#include "storage/digest.hpp"
#include "storage/entry.hpp"
#include "storage/error.hpp"
#include "storage/virtual_path.hpp"

namespace sallyport::storage {

/// What happens when an upload or a rename meets an existing file.
enum class Overwrite {
    deny,     ///< refuse
    replace,  ///< the new file takes the name, atomically
    keep,     ///< the old one becomes name.~1~, name.~2~, ... first
};

/// Where the bytes of an upload begin.
struct UploadStart {
    enum class Kind {
        fresh,      ///< an empty file
        at_offset,  ///< after the first `offset` bytes of the owner's partial, else of the
                    ///< published file
        at_end,     ///< after all of the owner's partial, else of the published file, else an empty
                    ///< file; writing elsewhere then changes that copy
    };
    Kind kind = Kind::fresh;
    std::uint64_t offset = 0;
};

struct UploadRequest {
    VirtualPath path;
    UploadStart start;
    Overwrite overwrite = Overwrite::deny;
    std::uint64_t max_size = UINT64_MAX;  ///< bytes; a write past it fails with `too_large`
    std::uint64_t announced_size = 0;     ///< bytes the client says will come; 0: unknown
    bool unique = false;      ///< choose an unused name: `path`'s, or `path`'s with a random suffix
    bool must_exist = false;  ///< `not_found` unless a file, or the owner's partial, has that name
    bool readable = false;    ///< `read` may be called
};

/// Some bytes of an upload, and where they go.
struct Piece {
    std::uint64_t offset = 0;
    std::span<const std::byte> data;
};

/// A published upload.
struct Stored {
    VirtualPath path;  ///< differs from the request's for `unique`
    std::uint64_t size = 0;
    std::string sha256;  ///< lower-case hex; empty when digests are off
    bool replaced = false;
    std::string id;  ///< as `Entry::id`
};

/// A file being received: staged, invisible to everybody, until `commit`. Writes may come in any
/// order and overlap; what was never written reads as zeros. The file of that name, if there is
/// one, stays as it is and may be replaced, renamed or removed meanwhile.
///
/// One operation at a time, and no look at `size` or `entry` meanwhile; buffers and changes must
/// live until the operation completes. After an error of `write`, `truncate` or `sync` nothing but
/// `abandon` works: everything else fails with the same error. After `commit` and `abandon` nothing
/// may be called but `path`, `size` and `entry`. Destroying an upload that was neither committed
/// nor abandoned discards it (the removal itself runs on the storage's own threads).
class Upload {
  public:
    virtual ~Upload() = default;

    /// Final name of the file if it is committed.
    [[nodiscard]] virtual const VirtualPath& path() const = 0;
    /// Bytes of the file as staged, holes included; right after the start, where a resumed upload
    /// goes on.
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    /// The file as it would be if it were committed now. Its id is the one it will have then.
    [[nodiscard]] virtual Entry entry() const = 0;
    /// Stores all of `data` at `offset`, at most 4 MiB a call; no bytes change nothing. `too_large`
    /// past the request's `max_size`. A hole before `offset` counts as used space: `no_space`
    /// unless the storage could hold the file without holes.
    virtual Async<Result<void>> write(std::uint64_t offset, std::span<const std::byte> data) = 0;
    /// Reads up to `into.size()` staged bytes from `offset`; 0 means the end. `forbidden` unless
    /// the request was `readable`.
    virtual Async<Result<std::size_t>> read(std::uint64_t offset, std::span<std::byte> into) = 0;
    /// Cuts the file to `size` bytes, or fills it up with zeros. Refused as `write` is: what it is
    /// filled up with is a hole.
    virtual Async<Result<void>> truncate(std::uint64_t size) = 0;
    /// Makes durable what is staged so far; the name comes with `commit` only.
    virtual Async<Result<void>> sync() = 0;
    /// What the file will have when it is published instead of the home's mode and the time of the
    /// last write; later writes do not change it. A partial keeps nothing of it.
    virtual Async<Result<void>> set_attributes(const AttributeChange& change) = 0;
    /// Stores the last bytes, if there are any, as `write` does. Makes bytes durable, then the name
    /// (fsync file, rename into place, fsync directory). When it succeeds, a power cut loses
    /// nothing. When it fails nothing is published and the staged bytes are discarded.
    /// `bad_offset`: nothing came where the owner's partial ended.
    virtual Async<Result<Stored>> commit(Piece last) = 0;
    Async<Result<Stored>> commit() { return commit({}); }

    enum class Keep {
        nothing,  ///< the staged bytes are removed
        partial,  ///< those before the first gap stay, but for the last one, for the owner to
                  ///< resume, until the retention time is over
    };
    /// Gives the upload up. Never kept: the last byte, so that whoever resumes sends something; a
    /// mere copy of what is published; what failed with `io`.
    virtual Async<void> abandon(Keep keep) = 0;
};

/// A file being sent. Sees the bytes of one version of the file, whatever is published meanwhile.
class Download {
  public:
    virtual ~Download() = default;
    [[nodiscard]] virtual const Entry& entry() const = 0;
    /// Reads up to `into.size()` bytes from `offset`; 0 means the end.
    virtual Async<Result<std::size_t>> read(std::uint64_t offset, std::span<std::byte> into) = 0;
};

/// The entries of one directory, in batches; memory does not grow with the directory.
class Listing {
  public:
    virtual ~Listing() = default;
    /// Up to `at_most` further entries, in no order; empty at the end.
    virtual Async<Result<std::vector<Entry>>> next(std::size_t at_most) = 0;
};

struct Space {
    std::uint64_t free = 0;   ///< bytes this user can still store
    std::uint64_t total = 0;  ///< bytes of the file system, or of the quota when that is less
};

/// One user's tree of files: a home, and mounts in it. A mount hides what the home has below its
/// path, and can be neither removed, renamed nor replaced. When its folder is not there, everything
/// in it is `unavailable`, and listings leave it out. Safe for concurrent use by several sessions;
/// objects it hands out keep what they need alive. Every operation may block inside and therefore
/// runs on the storage's own threads.
class Volume {
  public:
    virtual ~Volume() = default;

    virtual Async<Result<Entry>> stat(const VirtualPath& path) = 0;
    virtual Async<Result<std::unique_ptr<Listing>>> list(const VirtualPath& directory) = 0;
    virtual Async<Result<void>> make_directory(const VirtualPath& path) = 0;
    virtual Async<Result<void>> remove_directory(const VirtualPath& path) = 0;
    /// Removes a file, or the owner's partial when no file has that name.
    virtual Async<Result<void>> remove(const VirtualPath& path) = 0;
    /// Renames a file or directory, atomically and durably. A directory never replaces anything.
    /// `crosses_folders` between a mount and another folder.
    virtual Async<Result<void>> rename(const VirtualPath& from, const VirtualPath& to,
                                       Overwrite overwrite) = 0;
    virtual Async<Result<void>> set_attributes(const VirtualPath& path,
                                               const AttributeChange& change) = 0;
    virtual Async<Result<std::unique_ptr<Download>>> download(const VirtualPath& path) = 0;
    virtual Async<Result<std::unique_ptr<Upload>>> upload(const UploadRequest& request) = 0;
    /// Lower-case hex digest of the bytes [first, last) of a file; `last` is clipped to the file's
    /// size.
    virtual Async<Result<std::string>> digest(const VirtualPath& path, DigestAlgorithm algorithm,
                                              std::uint64_t first = 0,
                                              std::uint64_t last = UINT64_MAX) = 0;
    /// Of the folder that `path`, which need not exist, is in.
    virtual Async<Result<Space>> space(const VirtualPath& path = {}) = 0;
};

/// A folder outside of the home, as its user sees it.
struct Mount {
    VirtualPath at;                ///< not the root
    std::filesystem::path folder;  ///< absolute, on this machine
    bool writable = true;          ///< false: files cannot be received there
    bool operator==(const Mount&) const = default;
};

/// How much some users may store, together.
struct Quota {
    /// Whose home, writable mounts and interrupted uploads count.
    struct Member {
        std::string owner;  ///< as in `VolumeRequest`
        std::string home;   ///< as in `VolumeRequest`
        std::vector<Mount> mounts{};
    };
    std::string account;  ///< users with the same account share it
    std::uint64_t bytes = UINT64_MAX;
    std::uint64_t files = UINT64_MAX;
    std::vector<Member> members;
};

/// Whose volume, where, and how new things look in it.
struct VolumeRequest {
    std::string owner;  ///< the user's name: owns partials
    /// Folder under the storage root, such as "acme" or "partners/acme", made if absent; "." is the
    /// root itself.
    std::string home;
    std::uint32_t file_mode = 0640;
    std::uint32_t directory_mode = 0750;
    /// Nothing: no limit. It holds for everybody of its account from now on. What is stored already
    /// is counted in the background; uploads wait for that, logins do not.
    std::optional<Quota> quota{};
    std::vector<Mount> mounts{};
};

/// A place where files are kept.
class Backend {
  public:
    virtual ~Backend() = default;
    virtual Async<Result<std::shared_ptr<Volume>>> open_volume(const VolumeRequest& request) = 0;
    /// Finds out whether files can be stored now, by storing an empty one where nobody sees it; the
    /// space that there is.
    virtual Async<Result<Space>> probe() = 0;
    /// Removes interrupted uploads past their retention time; to be called every few minutes.
    virtual Async<void> sweep() = 0;
    /// Lets another process use the same storage from now on. What is under way here goes on.
    virtual void hand_over() = 0;
};

}  // namespace sallyport::storage
