#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "storage/local/durable_part.hpp"
#include "storage/local/staging.hpp"

namespace sallyport::storage {

/// The staging areas in use, one in each folder that needs one. Thread-safe. All calls block.
class StagingAreas {
  public:
    StagingAreas(Floors& floors, std::shared_ptr<Ledger> ledger,
                 std::chrono::milliseconds retention)
        : floors_(floors), ledger_(std::move(ledger)), retention_(retention), boot_(this_boot()) {}

    /// The area in the folder `parent`, made if need be and tidied up after a crash; what other
    /// processes are receiving there stays.
    [[nodiscard]] Result<std::shared_ptr<StagingArea>> in(const Descriptor& parent);
    /// Removes partials past their retention time from all areas.
    void sweep();

  private:
    using Identity = std::pair<dev_t, std::uint64_t>;  ///< device and inode of the folder

    [[nodiscard]] std::chrono::system_clock::time_point oldest_partial() const;

    Floors& floors_;
    const std::shared_ptr<Ledger> ledger_;
    const std::chrono::milliseconds retention_;
    const std::string boot_;
    std::mutex mutex_;
    std::map<Identity, std::shared_ptr<StagingArea>> areas_;
};

}  // namespace sallyport::storage
