#include "server/startup.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>

#include "auth/file_provider.hpp"
#include "auth/login_gate.hpp"
#include "server/hardening/places.hpp"
#include "server/hooks/http_provider.hpp"

namespace sallyport::server {
namespace {

/// Threads that wait for disks, not processors.
constexpr std::size_t file_threads = 16;
constexpr std::size_t max_hashing_threads = 4;
/// Logins that may wait for a hash. Beyond it they are refused at once: stops a login flood from
/// piling up.
constexpr std::size_t max_waiting_logins = 64;

std::size_t hashing_threads() {
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, max_hashing_threads);
}

std::vector<std::filesystem::path> key_files(const config::Config& config) {
    auto files = config.ssh.host_keys;
    for (const auto& file : {config.tls.certificate, config.tls.key, config.tls.client_ca}) {
        if (!file.empty()) files.push_back(file);
    }
    if (config.http_hook && !config.http_hook->ca.empty()) files.push_back(config.http_hook->ca);
    return files;
}

/// What the libraries that read keys would call a file without keys.
std::optional<config::Problem> unreadable(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor >= 0) {
        ::close(descriptor);
        return std::nullopt;
    }
    std::string reason = std::string("cannot be read: ") + std::strerror(errno);
    if (errno == EACCES) {
        reason +=
            "; a running server reads what the user that it has become may read, in the folders "
            "that it knew at its start";
    }
    return config::Problem{file.string(), 0, 0, std::move(reason)};
}

/// A confined server can reach no folder that it did not open at the start.
bool needs_new_folders(const config::Config& running, const config::Config& wanted) {
    const auto known = hardening::mount_folders(running);
    for (const auto& [folder, reach] : hardening::mount_folders(wanted)) {
        const auto found = known.find(folder);
        if (found == known.end()) return true;
        if (found->second != reach && reach == hardening::Reach::change) return true;
    }
    return false;
}

}  // namespace

Pools::Pools() : files(file_threads), hashing(hashing_threads(), max_waiting_logins) {}

std::variant<Credentials, config::Problem> load_credentials(const config::Config& config) {
    Credentials credentials;
    for (const auto& file : key_files(config)) {
        if (auto problem = unreadable(file)) return std::move(*problem);
    }
    if (!config.tls.certificate.empty()) {
        auto context = tls::Context::load(config.tls);
        if (auto* problem = std::get_if<tls::LoadProblem>(&context)) {
            return config::Problem{problem->file.string(), 0, 0, problem->reason};
        }
        credentials.tls = std::get<0>(std::move(context));
    }
    if (!config.ssh.host_keys.empty()) {
        auto context = ssh::Context::load(config.ssh.host_keys);
        if (auto* problem = std::get_if<ssh::LoadProblem>(&context)) {
            return config::Problem{problem->file.string(), 0, 0, problem->reason};
        }
        credentials.ssh = std::get<0>(std::move(context));
    }
    if (config.http_hook && std::holds_alternative<config::HttpsUrl>(config.http_hook->url)) {
        auto context = tls::ClientContext::load(config.http_hook->ca);
        if (auto* problem = std::get_if<tls::LoadProblem>(&context)) {
            return config::Problem{problem->file.string(), 0, 0, problem->reason};
        }
        credentials.hook = std::get<0>(std::move(context));
    }
    return credentials;
}

namespace {

std::shared_ptr<auth::Authenticator> file_provider(const config::Config& config, Pools& pools,
                                                   LoginMemory& logins) {
    const bool locks = config.on_exposed_password == config::OnExposedPassword::lock;
    return std::make_shared<auth::FileProvider>(
        config.users, pools.hashing, logins.codes->checker(),
        [] { return std::chrono::system_clock::now(); }, locks ? logins.exposed->locks() : nullptr);
}

/// In the order in which they are asked.
std::vector<std::shared_ptr<auth::Authenticator>> providers(
    const config::Config& config, const std::shared_ptr<const tls::ClientContext>& hook,
    Pools& pools, LoginMemory& logins, events::Sink& sink) {
    std::vector<std::shared_ptr<auth::Authenticator>> all;
    for (const std::string& name : config.auth_providers) {
        if (name == "file") {
            all.push_back(file_provider(config, pools, logins));
        } else {
            all.push_back(std::make_shared<hooks::HttpProvider>(config.http_hook, hook,
                                                                config.policies, sink));
        }
    }
    return all;
}

}  // namespace

std::shared_ptr<const Snapshot> make_snapshot(std::shared_ptr<const config::Config> config,
                                              Credentials credentials,
                                              std::shared_ptr<storage::Backend> backend,
                                              Pools& pools, LoginMemory& logins,
                                              events::Sink& sink) {
    auto chain =
        std::make_shared<auth::Chain>(providers(*config, credentials.hook, pools, logins, sink));
    auto gate = std::make_shared<auth::LoginGate>(std::move(chain),
                                                  [] { return std::chrono::system_clock::now(); });
    return std::make_shared<const Snapshot>(Snapshot{std::move(config), std::move(credentials.tls),
                                                     std::move(credentials.ssh), std::move(gate),
                                                     std::move(backend), logins.exposed});
}

std::string needing_restart(const config::Config& running, const config::Config& wanted) {
    std::vector<std::string_view> parts;
    if (running.storage != wanted.storage) parts.push_back("storage");
    if (running.log != wanted.log) parts.push_back("log");
    if (running.server.state_dir != wanted.server.state_dir) parts.push_back("server.state_dir");
    if (running.server.threads != wanted.server.threads) parts.push_back("server.threads");
    if (running.server.user != wanted.server.user) parts.push_back("server.user");
    if (running.server.hardening != wanted.server.hardening) parts.push_back("server.hardening");
    if (running.server.drain != wanted.server.drain) parts.push_back("server.drain");
    if (running.admin != wanted.admin) parts.push_back("admin");
    const auto same_place = [](const config::Listener& a, const config::Listener& b) {
        return a.protocol == b.protocol && a.endpoint == b.endpoint;
    };
    if (!std::ranges::equal(running.listeners, wanted.listeners, same_place))
        parts.push_back("listener");
    if (needs_new_folders(running, wanted)) parts.push_back("mounts");
    if (hardening::connects_out(running) != hardening::connects_out(wanted))
        parts.push_back("auth.providers");
    return fmt::format("{}", fmt::join(parts, ", "));
}

void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace sallyport::server
