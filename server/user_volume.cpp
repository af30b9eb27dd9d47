#include "server/user_volume.hpp"

#include "auth/guard.hpp"
#include "auth/login_gate.hpp"
#include "server/monitor/tracked_volume.hpp"

namespace sallyport::server {
namespace {

/// Everybody in the user tables who shares the quota of `policy`.
std::vector<storage::Quota::Member> members_of(const auth::UserTable& users,
                                               const std::string& group) {
    std::vector<storage::Quota::Member> members;
    for (const auto& [name, user] : users) {
        if (user.policy->quota_group != group) continue;
        members.push_back({name, user.home, user.policy->granted_mounts()});
    }
    return members;
}

std::optional<storage::Quota> quota_of(const auth::Principal& principal,
                                       const auth::UserTable& users) {
    const auth::Policy& policy = *principal.policy;
    if (!policy.has_quota()) return std::nullopt;
    const bool shared = !policy.quota_group.empty();
    storage::Quota quota;
    quota.account = shared ? "group " + policy.quota_group : "user " + principal.user;
    quota.bytes = policy.quota;
    quota.files = policy.quota_files;
    if (shared) quota.members = members_of(users, policy.quota_group);
    // Users whom another provider knows are in no table.
    quota.members.push_back({principal.user, principal.home, policy.granted_mounts()});
    return quota;
}

}  // namespace

Async<std::shared_ptr<storage::Volume>> open_user_volume(Connection& connection,
                                                         const auth::Principal& principal,
                                                         events::CipherName cipher, Layer layer) {
    const auto& snapshot = *connection.snapshot;
    const storage::VolumeRequest request{principal.user,
                                         principal.home,
                                         principal.policy->file_mode,
                                         principal.policy->directory_mode,
                                         quota_of(principal, *snapshot.config->users),
                                         principal.policy->granted_mounts()};
    auto opened = co_await snapshot.backend->open_volume(request);
    if (!opened) {
        connection.events.emit(
            events::Level::error, "storage.failed",
            {{"user", principal.user}, {"reason", std::string(describe(opened.error()))}});
        co_return nullptr;
    }
    auto volume = std::move(*opened);
    if (layer) volume = layer(std::move(volume));
    volume = monitor::tracked(std::move(volume), connection.live);
    using Digests = events::ReportingVolume::Digests;
    const auto& storage = connection.snapshot->config->storage;
    const auto digests =
        storage.digest == config::StorageDigest::none ? Digests::left_out : Digests::told;
    const events::FileEvents events(connection.events, principal.policy);
    volume = std::make_shared<events::ReportingVolume>(std::move(volume), events, std::move(cipher),
                                                       digests);
    const auto on_denial = [events](const auth::Guard::Denial& denial) { events.denied(denial); };
    const auto lapse = [principal] {
        return auth::lapse(principal, std::chrono::system_clock::now());
    };
    co_return std::make_shared<auth::Guard>(std::move(volume), principal.policy, on_denial, lapse);
}

}  // namespace sallyport::server
