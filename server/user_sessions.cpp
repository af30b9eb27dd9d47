#include "server/user_sessions.hpp"

namespace sallyport::server {
namespace {

template <class Key>
unsigned count_in(const std::map<Key, unsigned>& counts, const Key& key) {
    const auto found = counts.find(key);
    return found == counts.end() ? 0 : found->second;
}

template <class Key>
void count_down(std::map<Key, unsigned>& counts, const Key& key) {
    const auto found = counts.find(key);
    if (--found->second == 0) counts.erase(found);
}

bool is_reached(unsigned limit, unsigned count) {
    return limit != 0 && count >= limit;
}

}  // namespace

std::variant<UserSessions::Place, auth::PolicyKey> UserSessions::enter(
    const std::string& user, const std::string& source, const auth::LoginRules& limits) {
    Place::Key key{user, source};
    const std::lock_guard lock(mutex_);
    if (is_reached(limits.max_sessions, count_in(by_user_, user))) {
        return auth::PolicyKey::max_sessions;
    }
    if (is_reached(limits.max_sessions_per_address, count_in(by_source_, key))) {
        return auth::PolicyKey::max_sessions_per_address;
    }
    ++by_user_[user];
    ++by_source_[key];
    return Place(*this, std::move(key));
}

void UserSessions::leave(const Place::Key& key) {
    const std::lock_guard lock(mutex_);
    count_down(by_user_, key.first);
    count_down(by_source_, key);
}

UserSessions::Place::Place(Place&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)), key_(std::move(other.key_)) {}

UserSessions::Place::~Place() {
    if (owner_) owner_->leave(key_);
}

}  // namespace sallyport::server
