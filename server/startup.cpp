#include "server/startup.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <thread>

#include "auth/file_provider.hpp"
#include "auth/login_gate.hpp"

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

}  // namespace

Pools::Pools() : files(file_threads), hashing(hashing_threads(), max_waiting_logins) {}

std::variant<Credentials, config::Problem> load_credentials(const config::Config& config) {
    Credentials credentials;
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
    return credentials;
}

std::variant<std::shared_ptr<const Snapshot>, std::string> make_snapshot(
    std::shared_ptr<const config::Config> config, std::shared_ptr<storage::Backend> backend,
    Pools& pools, LoginMemory& logins, const Credentials& running) {
    auto credentials = load_credentials(*config);
    if (auto* problem = std::get_if<config::Problem>(&credentials)) return problem->str();
    auto& [tls, ssh] = std::get<Credentials>(credentials);
    if (!tls) tls = running.tls;
    if (!ssh) ssh = running.ssh;
    const bool locks = config->on_exposed_password == config::OnExposedPassword::lock;
    auto users = std::make_shared<auth::FileProvider>(
        config->users, pools.hashing, logins.codes, [] { return std::chrono::system_clock::now(); },
        locks ? logins.exposed->locks() : nullptr);
    auto chain =
        std::make_shared<auth::Chain>(std::vector<std::shared_ptr<auth::Authenticator>>{users});
    auto gate = std::make_shared<auth::LoginGate>(std::move(chain),
                                                  [] { return std::chrono::system_clock::now(); });
    return std::make_shared<const Snapshot>(Snapshot{std::move(config), std::move(tls),
                                                     std::move(ssh), std::move(gate),
                                                     std::move(backend), logins.exposed});
}

std::string needing_restart(const config::Config& running, const config::Config& wanted) {
    std::vector<std::string_view> parts;
    if (running.storage != wanted.storage) parts.push_back("storage");
    if (running.log != wanted.log) parts.push_back("log");
    if (running.server.state_dir != wanted.server.state_dir) parts.push_back("server.state_dir");
    if (running.server.threads != wanted.server.threads) parts.push_back("server.threads");
    if (running.server.drain != wanted.server.drain) parts.push_back("server.drain");
    const auto same_place = [](const config::Listener& a, const config::Listener& b) {
        return a.protocol == b.protocol && a.endpoint == b.endpoint;
    };
    if (!std::ranges::equal(running.listeners, wanted.listeners, same_place))
        parts.push_back("listener");
    return fmt::format("{}", fmt::join(parts, ", "));
}

void forbid_core_files() {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace sallyport::server
