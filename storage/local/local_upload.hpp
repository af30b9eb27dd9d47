#pragma once

#include <optional>

#include "storage/backend.hpp"
#include "storage/blocking_pool.hpp"
#include "storage/local/publish.hpp"
#include "storage/local/staged_content.hpp"
#include "storage/quota/passage.hpp"

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
    [[nodiscard]] std::uint64_t size() const override { return content_.size(); }
    [[nodiscard]] Entry entry() const override;
    Async<Result<void>> write(std::uint64_t offset, std::span<const std::byte> data) override;
    Async<Result<std::size_t>> read(std::uint64_t offset, std::span<std::byte> into) override;
    Async<Result<void>> truncate(std::uint64_t size) override;
    Async<Result<void>> sync() override;
    Async<Result<void>> set_attributes(const AttributeChange& change) override;
    Async<Result<Stored>> commit(Piece last) override;
    Async<void> abandon(Keep keep) override;

  private:
    LocalUpload(std::shared_ptr<const Home> home, BlockingPool& pool, const UploadRequest& request,
                StartedUpload started);

    /// Runs `operation` on the pool, unless one has failed before. When the quota has no room, what
    /// is stored is counted again first: other programs take files away.
    template <class Operation>
    Async<Result<void>> change(Operation operation);

    /// Everything stays as it is when the quota has no room for the last bytes.
    Async<Result<Stored>> pass_and_finish(Piece last);

    // The blocking halves of the operations above.
    [[nodiscard]] Result<Stored> finish(const Passage& passage, Piece last);
    [[nodiscard]] Result<Placed> publish(const Passage& passage);
    [[nodiscard]] Result<Placed> place_and_count(const Descriptor& directory,
                                                 const Passage& passage, Usage& published);
    [[nodiscard]] Result<Placed> take_name(const Descriptor& directory);
    [[nodiscard]] Result<void> hide_from_recovery(const Descriptor& directory,
                                                  const std::string& name);
    [[nodiscard]] bool give_up(Keep keep);

    const std::shared_ptr<const Home> home_;
    BlockingPool& pool_;
    VirtualPath path_;
    const VirtualPath wanted_path_;
    const std::string id_;
    const Overwrite overwrite_;
    const bool unique_;
    const bool readable_;
    StagedContent content_;
    std::optional<Error> failure_;  ///< of a change: what is staged must never be published
};

}  // namespace sallyport::storage
