#pragma once

#include <memory>

#include "storage/local/floor.hpp"
#include "storage/local/local_options.hpp"
#include "storage/local/recounts.hpp"
#include "storage/local/staging_areas.hpp"
#include "storage/quota/ledger.hpp"

namespace sallyport::storage {

/// What all folders that a local backend serves have in common. Thread-safe.
struct Services {
    Services(LocalOptions chosen, BlockingPool& pool)
        : options(std::move(chosen)),
          floors(options.min_free),
          areas(floors, ledger, options.partial_retention),
          recounts(std::make_shared<Recounts>(ledger, pool)) {}

    const LocalOptions options;
    const std::shared_ptr<Ledger> ledger = std::make_shared<Ledger>();
    Floors floors;
    StagingAreas areas;
    const std::shared_ptr<Recounts> recounts;
};

}  // namespace sallyport::storage
