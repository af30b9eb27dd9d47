#pragma once

#include "auth/policy.hpp"
#include "server/net/rate_limit.hpp"

namespace sallyport::net {

/// The limits that all transfers of one session share, from its login on.
struct TransferRates {
    TransferRates(const auth::Policy& policy, RateLimit::Time now)
        : upload(policy.upload_rate, now), download(policy.download_rate, now) {}

    RateLimit upload;
    RateLimit download;
};

}  // namespace sallyport::net
