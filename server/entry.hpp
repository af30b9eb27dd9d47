#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "auth/principal.hpp"
#include "server/connection.hpp"

namespace sallyport::server {

/// A place among the sessions of somebody who has logged in; nothing, and an event, when the policy
/// allows no more.
[[nodiscard]] std::optional<UserSessions::Place> take_place(const Connection& connection,
                                                            const auth::Principal& principal);

/// True when `before` has an enabled user of this name and `now` has not.
[[nodiscard]] bool has_lost_access(const std::string& user, const config::Config& before,
                                   const config::Config& now);
/// All of these users.
[[nodiscard]] std::set<std::string, std::less<>> lost_access(const config::Config& before,
                                                             const config::Config& now);

}  // namespace sallyport::server
