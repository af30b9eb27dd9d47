#include "server/entry.hpp"

#include <boost/asio/ip/address.hpp>

#include "server/net/admission.hpp"

namespace sallyport::server {
namespace {

bool has_enabled(const auth::UserTable& users, const std::string& user) {
    const auto found = users.find(user);
    return found != users.end() && found->second.enabled;
}

}  // namespace

std::optional<UserSessions::Place> take_place(const Connection& connection,
                                              const auth::Principal& principal) {
    const auto peer = boost::asio::ip::make_address(connection.events.address());
    auto entered = connection.user_sessions->enter(principal.user, net::source_of(peer),
                                                   principal.policy->login);
    if (auto* place = std::get_if<UserSessions::Place>(&entered)) return std::move(*place);
    const auto limit = std::get<auth::PolicyKey>(entered);
    connection.events.emit(events::Level::warning, "session.refused",
                           {{"user", principal.user},
                            {"reason", std::string("too many sessions of this user")},
                            {"rule", principal.policy->name_of_rule(limit)}});
    return std::nullopt;
}

bool has_lost_access(const std::string& user, const config::Config& before,
                     const config::Config& now) {
    return has_enabled(*before.users, user) && !has_enabled(*now.users, user);
}

std::set<std::string, std::less<>> lost_access(const config::Config& before,
                                               const config::Config& now) {
    std::set<std::string, std::less<>> users;
    for (const auto& [name, record] : *before.users) {
        if (has_lost_access(name, before, now)) users.insert(name);
    }
    return users;
}

}  // namespace sallyport::server
