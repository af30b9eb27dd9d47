#pragma once

#include <optional>
#include <string>
#include <vector>

#include "auth/address_prefix.hpp"
#include "auth/weekly_hours.hpp"

namespace sallyport::auth {

/// From where, when and how a policy lets its users in. What is left empty is not looked at.
struct LoginRules {
    std::vector<AddressPrefix> from;
    std::optional<WeeklyHours> hours;
    std::vector<std::string> protocols;     ///< as in `Attempt::protocol`
    unsigned max_sessions = 0;              ///< of one user at once, over all doors; 0: any
    unsigned max_sessions_per_address = 0;  ///< the same, of one user from one address
};

}  // namespace sallyport::auth
