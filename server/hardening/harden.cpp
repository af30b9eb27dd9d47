#include "server/hardening/harden.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "server/hardening/build.hpp"
#include "server/hardening/capabilities.hpp"
#include "server/hardening/landlock.hpp"
#include "server/hardening/obstacles.hpp"
#include "server/hardening/places.hpp"
#include "server/hardening/seccomp.hpp"

namespace sallyport::hardening {
namespace {

/// Rules bind the thread that sets them and those it starts; one that runs already would stay free.
bool is_only_thread() {
    // The thread sanitizer has a thread of its own from the start.
    if (is_sanitized) return true;
    std::error_code error;
    std::filesystem::directory_iterator thread("/proc/self/task", error);
    if (error) return true;
    return std::distance(begin(thread), std::filesystem::directory_iterator()) == 1;
}

}  // namespace

std::variant<Hardening, std::string> Hardening::prepare(const config::Config& config) {
    Hardening made(config);
    if (auto problem = made.choose_identity()) return std::move(*problem);
    if (auto problem = made.look_at_kernel()) return std::move(*problem);
    return made;
}

std::optional<std::string> Hardening::choose_identity() {
    const std::string& name = config_.server.user;
    const bool is_root = ::geteuid() == 0;
    if (is_root && !name.empty()) {
        auto found = find_identity(name);
        if (auto* problem = std::get_if<std::string>(&found)) return "server.user: " + *problem;
        identity_ = std::get<Identity>(std::move(found));
    }
    if (is_root && (!identity_ || identity_->user == 0)) {
        status_.warnings.emplace_back(
            "runs as root, if without capabilities; name a system user in server.user");
    }
    if (!is_root && !name.empty() && name != current_user()) {
        status_.warnings.push_back(
            fmt::format("was not started as root, so it stays {} and does not become {}",
                        current_user(), name));
    }
    return std::nullopt;
}

std::optional<std::string> Hardening::look_at_kernel() {
    const int version = landlock_version();
    if (version >= least_landlock) landlock_ = version;
    has_seccomp_ = can_filter_system_calls();
    std::vector<std::string> missing;
    if (landlock_ == 0) missing.emplace_back("Landlock (Linux 5.19 or later, where it is enabled)");
    if (!has_seccomp_) missing.emplace_back("seccomp (on x86-64 or arm64)");
    if (missing.empty()) return std::nullopt;
    const auto lack = fmt::format("this kernel has no {}", fmt::join(missing, " and no "));
    if (config_.server.hardening == config::Hardening::required) {
        return lack + "; server.hardening = \"best-effort\" starts without";
    }
    status_.warnings.push_back(lack + ": the server is confined less than it should be");
    return std::nullopt;
}

std::optional<std::string> Hardening::give_up_privileges() {
    shrink_bounding_set();
    if (identity_) {
        if (auto problem = become(*identity_)) return problem;
    }
    if (auto problem = drop_capabilities()) return problem;
    status_.user = current_user();
    status_.capabilities = "none";
    return forbid_new_privileges();
}

std::variant<Status, std::string> Hardening::confine() {
    if (!is_only_thread()) return "a thread was started before the process was confined";
    if (auto problem = confine_files()) return std::move(*problem);
    if (auto problem = confine_system_calls()) return std::move(*problem);
    warn(obstacles_to_reload(config_, status_.user));
    warn(obstacles_to_writing(config_, status_.user));
    warn(weaknesses_of(config_));
    return status_;
}

void Hardening::warn(std::vector<std::string> sentences) {
    for (std::string& sentence : sentences) status_.warnings.push_back(std::move(sentence));
}

std::optional<std::string> Hardening::confine_files() {
    status_.landlock = "not available";
    if (landlock_ == 0) return std::nullopt;
    const auto rules = Ruleset::make(places_of(config_), connects_out(config_), landlock_);
    if (const auto* problem = std::get_if<std::string>(&rules)) return *problem;
    if (auto problem = std::get<Ruleset>(rules).enforce()) return problem;
    status_.landlock = fmt::format("version {}", landlock_);
    return std::nullopt;
}

std::optional<std::string> Hardening::confine_system_calls() {
    status_.seccomp = is_sanitized ? "left out of builds with sanitizers" : "not available";
    if (is_sanitized || !has_seccomp_) return std::nullopt;
    if (auto problem = filter_system_calls(connects_out(config_))) return problem;
    status_.seccomp = "on";
    return std::nullopt;
}

}  // namespace sallyport::hardening
