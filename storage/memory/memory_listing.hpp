#pragma once

#include <vector>

#include "storage/backend.hpp"
#include "storage/memory/memory_home.hpp"

namespace sallyport::storage {

/// A directory of a memory backend as it was when the listing began.
class MemoryListing : public Listing {
  public:
    /// Hold the tree's mutex.
    [[nodiscard]] static Result<std::unique_ptr<Listing>> open(const MemoryHome& home,
                                                               const VirtualPath& directory);

    Async<Result<std::vector<Entry>>> next(std::size_t at_most) override;

  private:
    std::vector<Entry> left_;
};

}  // namespace sallyport::storage
