#pragma once

#include <array>
#include <cstddef>
#include <list>
#include <map>
#include <string_view>

#include "storage/virtual_path.hpp"

namespace sallyport::auth {

/// Most uploads of one session that are remembered; the oldest is forgotten first, and is then
/// treated like anybody else's file. Stops a session that uploads without end from growing memory
/// without end.
inline constexpr std::size_t max_own_paths = 10'000;

/// The files that one session has uploaded: where, and which (`storage::Entry::id`), so that
/// another file that comes to the same path later is not taken for one of them. About 200 bytes
/// each, however long path and id: only digests of them are kept. Not thread-safe: belongs to one
/// session.
class OwnPaths {
  public:
    void remember(const storage::VirtualPath& path, std::string_view id);
    void forget(const storage::VirtualPath& path);
    /// `to` is now what `from` was, own or not.
    void move(const storage::VirtualPath& from, const storage::VirtualPath& to);
    /// Is the file `id` at `path` an own one?
    [[nodiscard]] bool contains(const storage::VirtualPath& path, std::string_view id) const;
    /// Was there ever an own file at `path`? If not, nothing there is.
    [[nodiscard]] bool may_contain(const storage::VirtualPath& path) const;
    [[nodiscard]] std::size_t size() const { return by_path_.size(); }

  private:
    using Key = std::array<unsigned char, 32>;
    struct File {
        Key id;
        std::list<Key>::iterator age;
    };
    static Key key_of(std::string_view text);
    void remember(const Key& path, const Key& id);
    void forget(const Key& path);

    std::list<Key> oldest_first_;
    std::map<Key, File> by_path_;
};

}  // namespace sallyport::auth
