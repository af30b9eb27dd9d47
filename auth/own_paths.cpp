#include "auth/own_paths.hpp"

#include <sodium.h>

namespace sallyport::auth {

void OwnPaths::remember(const storage::VirtualPath& path) {
    forget(path);
    const Key key = key_of(path);
    by_key_[key] = oldest_first_.insert(oldest_first_.end(), key);
    if (by_key_.size() > max_own_paths) {
        by_key_.erase(oldest_first_.front());
        oldest_first_.pop_front();
    }
}

void OwnPaths::forget(const storage::VirtualPath& path) {
    const auto found = by_key_.find(key_of(path));
    if (found == by_key_.end()) return;
    oldest_first_.erase(found->second);
    by_key_.erase(found);
}

void OwnPaths::move(const storage::VirtualPath& from, const storage::VirtualPath& to) {
    const bool own = contains(from);
    forget(from);
    if (own) {
        remember(to);
    } else {
        forget(to);
    }
}

bool OwnPaths::contains(const storage::VirtualPath& path) const {
    return by_key_.contains(key_of(path));
}

OwnPaths::Key OwnPaths::key_of(const storage::VirtualPath& path) {
    Key key{};
    const auto& text = path.str();
    crypto_generichash(key.data(), key.size(), reinterpret_cast<const unsigned char*>(text.data()),
                       text.size(), nullptr, 0);
    return key;
}

}  // namespace sallyport::auth
