#include "storage/local/staging_areas.hpp"

namespace sallyport::storage {

Result<std::shared_ptr<StagingArea>> StagingAreas::in(const Descriptor& parent) {
    const auto status = status_of(parent);
    if (!status) return status.error();
    const std::lock_guard lock(mutex_);
    const Identity identity(status->device, status->inode);
    const auto known = areas_.find(identity);
    if (known != areas_.end()) return known->second;
    auto area = StagingArea::open(parent, floors_, boot_);
    if (!area) return area;
    (*area)->recover();
    (*area)->sweep(oldest_partial(), *ledger_);
    areas_.emplace(identity, *area);
    return area;
}

void StagingAreas::sweep() {
    std::vector<std::shared_ptr<StagingArea>> areas;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [identity, area] : areas_) areas.push_back(area);
    }
    for (const auto& area : areas) area->sweep(oldest_partial(), *ledger_);
}

std::chrono::system_clock::time_point StagingAreas::oldest_partial() const {
    return std::chrono::system_clock::now() - retention_;
}

}  // namespace sallyport::storage
