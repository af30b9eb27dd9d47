#include "server/opening.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <system_error>

#include "server/admin/http_client.hpp"
#include "server/hardening/capabilities.hpp"
#include "server/service/inherited_sockets.hpp"

namespace sallyport::server {
namespace {

/// Whatever the umask of the parent process: what the server makes for itself is closed to others,
/// and open to itself, which will not be able to look past modes any more.
constexpr mode_t umask_of_server = 0027;

}  // namespace

std::optional<std::string> Opening::open(const config::Config& config, const OnBound& on_bound) {
    hardening::forbid_core_files();
    ::umask(umask_of_server);
    auto hardening = hardening::Hardening::prepare(config);
    if (auto* problem = std::get_if<std::string>(&hardening)) return std::move(*problem);
    auto& steps = std::get<hardening::Hardening>(hardening);
    auto closed = open_credentials(config);
    if (!closed) closed = open_listeners(config);
    if (auto problem = steps.give_up_privileges()) return problem;
    auto closed_to_user = open_as_user(config);
    if (closed) return closed;
    if (closed_to_user) return closed_to_user;
    if (on_bound) on_bound(bound());
    auto confined = steps.confine();
    if (auto* problem = std::get_if<std::string>(&confined)) return std::move(*problem);
    confinement = std::get<hardening::Status>(std::move(confined));
    return std::nullopt;
}

std::optional<std::string> Opening::open_credentials(const config::Config& config) {
    auto loaded = load_credentials(config);
    if (auto* problem = std::get_if<config::Problem>(&loaded)) return problem->str();
    credentials = std::get<Credentials>(std::move(loaded));
    return std::nullopt;
}

std::optional<std::string> Opening::open_listeners(const config::Config& config) {
    auto inherited = service::InheritedSockets::from_environment();
    for (const auto& listener : config.listeners) {
        const auto descriptor = inherited.take(listener.endpoint);
        auto opened = descriptor ? net::Listener::adopt(loop.get_executor(), *descriptor)
                                 : net::Listener::open(loop.get_executor(), listener.endpoint);
        if (auto* problem = std::get_if<std::string>(&opened)) return std::move(*problem);
        listeners.push_back(std::get<0>(std::move(opened)));
    }
    const auto& address = config.admin.address;
    if (address && std::holds_alternative<config::Endpoint>(*address)) {
        if (auto problem = open_admin(*address)) return problem;
    }
    return inherited.left_over();
}

std::optional<std::string> Opening::open_admin(const config::AdminAddress& address) {
    auto opened = admin::HttpServer::open(loop.get_executor(), address);
    if (auto* problem = std::get_if<std::string>(&opened)) {
        if (!admin::is_draining(address)) return std::move(*problem);
        admin_later = address;
        return std::nullopt;
    }
    admin_servers.push_back(std::get<0>(std::move(opened)));
    return std::nullopt;
}

std::optional<std::string> Opening::open_as_user(const config::Config& config) {
    // As the user, so that the files belong to it, and a link that it has laid leads no further
    // than it could go itself.
    logs.emplace(events::open_log_files(config.log));
    const auto& state = config.server.state_dir;
    std::error_code error;
    if (!state.empty() && !std::filesystem::exists(state, error)) {
        if (std::filesystem::create_directories(state, error)) {
            std::filesystem::permissions(state, std::filesystem::perms::owner_all, error);
        }
        if (error) return fmt::format("cannot make {}: {}", state.string(), error.message());
    }
    return open_sockets(config);
}

std::optional<std::string> Opening::open_sockets(const config::Config& config) {
    const auto& address = config.admin.address;
    if (address && std::holds_alternative<std::filesystem::path>(*address)) {
        if (auto problem = open_admin(*address)) return problem;
    }
    const auto own = config::status_socket(config.server);
    if (!own || address == config::AdminAddress(*own)) return std::nullopt;
    // Nobody has asked for this one, so that the server does not depend on it.
    admin_problem = open_admin(*own).value_or("");
    return std::nullopt;
}

std::vector<config::Endpoint> Opening::bound() const {
    std::vector<config::Endpoint> addresses;
    for (const auto& listener : listeners) addresses.push_back(listener->bound());
    return addresses;
}

}  // namespace sallyport::server
