#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "auth/method.hpp"
#include "auth/policy.hpp"

namespace sallyport::auth {

/// Somebody who has proved who they are, and what that lets them do. The same for every door.
struct Principal {
    std::string user;
    std::string home;  ///< folder under the storage root
    std::shared_ptr<const Policy> policy;
    Methods shown{};  ///< by what they have proved it
    bool enabled = true;
    std::optional<std::chrono::sys_days> expires{};  ///< first day on which logins are refused
    std::string_view hint{};  ///< what the operator should do about this user; empty: nothing
};

}  // namespace sallyport::auth
