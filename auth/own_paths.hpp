#pragma once

#include <array>
#include <cstddef>
#include <list>
#include <map>

#include "storage/virtual_path.hpp"

namespace sallyport::auth {

/// Most uploads of one session that are remembered; the oldest is forgotten first, and is then
/// treated like anybody else's file. Stops a session that uploads without end from growing memory
/// without end.
inline constexpr std::size_t max_own_paths = 10'000;

/// The paths that one session has uploaded. About 150 bytes each, however long the path: only a
/// digest of it is kept. Not thread-safe: belongs to one session.
class OwnPaths {
  public:
    void remember(const storage::VirtualPath& path);
    void forget(const storage::VirtualPath& path);
    /// `to` is now what `from` was, own or not.
    void move(const storage::VirtualPath& from, const storage::VirtualPath& to);
    [[nodiscard]] bool contains(const storage::VirtualPath& path) const;
    [[nodiscard]] std::size_t size() const { return by_key_.size(); }

  private:
    using Key = std::array<unsigned char, 32>;
    static Key key_of(const storage::VirtualPath& path);

    std::list<Key> oldest_first_;
    std::map<Key, std::list<Key>::iterator> by_key_;
};

}  // namespace sallyport::auth
