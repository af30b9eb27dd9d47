#pragma once

#include "storage/backend.hpp"
#include "storage/blocking_pool.hpp"
#include "storage/local/home.hpp"

namespace sallyport::storage {

/// A directory of a local backend, read batch by batch: first what is published, where the owner's
/// partial takes the place of the file it continues, then the owner's other partials.
class LocalListing : public Listing {
  public:
    /// Opens `directory`. Blocks.
    [[nodiscard]] static Result<std::unique_ptr<Listing>> open(const Home& home, BlockingPool& pool,
                                                               const VirtualPath& directory);

    Async<Result<std::vector<Entry>>> next(std::size_t at_most) override;

  private:
    LocalListing(BlockingPool& pool, VirtualPath directory, DirectoryReader published)
        : pool_(pool), directory_(std::move(directory)), published_(std::move(published)) {}
    [[nodiscard]] Result<std::vector<Entry>> read(std::size_t at_most);
    [[nodiscard]] Result<std::optional<std::string>> next_name();
    [[nodiscard]] std::optional<Entry> examine(const std::string& name) const;

    BlockingPool& pool_;
    const VirtualPath directory_;
    DirectoryReader published_;
    std::optional<DirectoryReader> partials_;
    bool only_partials_left_ = false;
};

}  // namespace sallyport::storage
