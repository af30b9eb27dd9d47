#include "auth/own_paths.hpp"

#include <sodium.h>

namespace sallyport::auth {

void OwnPaths::remember(const storage::VirtualPath& path, std::string_view id) {
    remember(key_of(path.str()), key_of(id));
}

void OwnPaths::remember(const Key& path, const Key& id) {
    forget(path);
    by_path_[path] = {id, oldest_first_.insert(oldest_first_.end(), path)};
    if (by_path_.size() > max_own_paths) {
        by_path_.erase(oldest_first_.front());
        oldest_first_.pop_front();
    }
}

void OwnPaths::forget(const storage::VirtualPath& path) {
    forget(key_of(path.str()));
}

void OwnPaths::forget(const Key& path) {
    const auto found = by_path_.find(path);
    if (found == by_path_.end()) return;
    oldest_first_.erase(found->second.age);
    by_path_.erase(found);
}

void OwnPaths::move(const storage::VirtualPath& from, const storage::VirtualPath& to) {
    const auto found = by_path_.find(key_of(from.str()));
    if (found == by_path_.end()) {
        forget(to);
        return;
    }
    const Key id = found->second.id;
    forget(from);
    remember(key_of(to.str()), id);
}

bool OwnPaths::contains(const storage::VirtualPath& path, std::string_view id) const {
    const auto found = by_path_.find(key_of(path.str()));
    return found != by_path_.end() && found->second.id == key_of(id);
}

bool OwnPaths::may_contain(const storage::VirtualPath& path) const {
    return by_path_.contains(key_of(path.str()));
}

OwnPaths::Key OwnPaths::key_of(std::string_view text) {
    Key key{};
    crypto_generichash(key.data(), key.size(), reinterpret_cast<const unsigned char*>(text.data()),
                       text.size(), nullptr, 0);
    return key;
}

}  // namespace sallyport::auth
