#pragma once

#include <optional>

#include "storage/backend.hpp"
#include "storage/blocking_pool.hpp"
#include "storage/local/publish.hpp"
#include "storage/local/running_digest.hpp"
#include "storage/local/upload_start.hpp"

namespace sallyport::storage {

/// An upload to a local backend.
class LocalUpload : public Upload {
  public:
    /// Checks `request` and stages a file. Blocks.
    [[nodiscard]] static Result<std::unique_ptr<Upload>> start(std::shared_ptr<const Home> home,
                                                               BlockingPool& pool,
                                                               const UploadRequest& request);
    ~LocalUpload() override;

    [[nodiscard]] const VirtualPath& path() const override { return path_; }
    [[nodiscard]] std::uint64_t size() const override { return size_; }
    Async<Result<void>> write(std::uint64_t offset, std::span<const std::byte> data) override;
    Async<Result<Stored>> commit() override;
    Async<void> abandon(Keep keep) override;

  private:
    LocalUpload(std::shared_ptr<const Home> home, BlockingPool& pool, const UploadRequest& request,
                StartedUpload started);

    // The blocking halves of the operations above.
    [[nodiscard]] Result<void> store(std::uint64_t offset, std::span<const std::byte> data);
    [[nodiscard]] Result<void> check_floor(std::uint64_t more);
    [[nodiscard]] Result<Stored> finish();
    [[nodiscard]] Result<std::string> seal();
    [[nodiscard]] Result<std::string> finish_digest();
    [[nodiscard]] Result<Placed> publish();
    [[nodiscard]] Result<Placed> take_name(const Descriptor& directory);
    [[nodiscard]] bool give_up(Keep keep);

    const std::shared_ptr<const Home> home_;
    BlockingPool& pool_;
    VirtualPath path_;
    const VirtualPath wanted_path_;
    const Overwrite overwrite_;
    const std::uint64_t max_size_;
    std::optional<StagedFile> staged_;
    std::optional<RunningDigest> digest_;
    std::uint64_t size_;
    std::uint64_t without_gap_;    ///< bytes from the beginning that have all been written
    std::uint64_t unchecked_ = 0;  ///< bytes since the free space was looked at
    const bool unique_;
    std::optional<Error> failure_;  ///< of a write: what is staged must never be published
};

}  // namespace sallyport::storage
