#include "server/user_volume.hpp"

#include "auth/guard.hpp"
#include "auth/login_gate.hpp"
#include "server/monitor/tracked_volume.hpp"

namespace sallyport::server {

Async<std::shared_ptr<storage::Volume>> open_user_volume(Connection& connection,
                                                         const auth::Principal& principal,
                                                         events::CipherName cipher, Layer layer) {
    const storage::VolumeRequest request{principal.user, principal.home,
                                         principal.policy->file_mode,
                                         principal.policy->directory_mode};
    auto opened = co_await connection.snapshot->backend->open_volume(request);
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
