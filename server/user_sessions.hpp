#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <variant>

#include "auth/policy.hpp"

namespace sallyport::server {

/// How many sessions each user has, over all doors. Thread-safe.
class UserSessions {
  public:
    /// Holds a place until destroyed.
    class Place {
      public:
        Place(Place&& other) noexcept;
        Place& operator=(Place&&) = delete;
        ~Place();

      private:
        friend class UserSessions;
        using Key = std::pair<std::string, std::string>;  ///< user and source
        Place(UserSessions& owner, Key key) : owner_(&owner), key_(std::move(key)) {}
        UserSessions* owner_;
        Key key_;
    };

    /// A place for one session of `user` from `source` (see `net::source_of`), or the limit that
    /// leaves none. This object must outlive its places.
    [[nodiscard]] std::variant<Place, auth::PolicyKey> enter(const std::string& user,
                                                             const std::string& source,
                                                             const auth::LoginRules& limits);

  private:
    void leave(const Place::Key& key);

    std::mutex mutex_;
    std::map<std::string, unsigned> by_user_;
    std::map<Place::Key, unsigned> by_source_;
};

}  // namespace sallyport::server
