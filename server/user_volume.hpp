#pragma once

#include "auth/principal.hpp"
#include "server/connection.hpp"
#include "server/events/reporting_volume.hpp"

namespace sallyport::server {

/// Between the backend and the policy: what a door needs besides, such as reading ahead.
using Layer =
    std::function<std::shared_ptr<storage::Volume>(std::shared_ptr<storage::Volume> volume)>;

/// The files of somebody who has logged in, as either door uses them: policy first, then events,
/// then what shows transfers while they run, then `layer`, then the backend. Null, and an event,
/// when storage is not available. `connection` must outlive the volume.
Async<std::shared_ptr<storage::Volume>> open_user_volume(Connection& connection,
                                                         const auth::Principal& principal,
                                                         events::CipherName cipher,
                                                         Layer layer = {});

}  // namespace sallyport::server
