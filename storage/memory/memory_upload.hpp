#pragma once

#include <optional>

#include "storage/backend.hpp"
#include "storage/memory/memory_home.hpp"
#include "storage/staged_attributes.hpp"
#include "storage/written_extents.hpp"

namespace sallyport::storage {

/// An upload to a memory backend.
class MemoryUpload : public Upload {
  public:
    /// Takes the tree's mutex.
    [[nodiscard]] static Result<std::unique_ptr<Upload>> start(
        std::shared_ptr<const MemoryHome> home, const UploadRequest& request);

    [[nodiscard]] const VirtualPath& path() const override { return request_.path; }
    [[nodiscard]] std::uint64_t size() const override { return staged_->bytes->size(); }
    [[nodiscard]] Entry entry() const override;
    Async<Result<void>> write(std::uint64_t offset, std::span<const std::byte> data) override;
    Async<Result<std::size_t>> read(std::uint64_t offset, std::span<std::byte> into) override;
    Async<Result<void>> truncate(std::uint64_t size) override;
    Async<Result<void>> sync() override;
    Async<Result<void>> set_attributes(const AttributeChange& change) override;
    Async<Result<Stored>> commit(Piece last) override;
    Async<void> abandon(Keep keep) override;

  private:
    MemoryUpload(std::shared_ptr<const MemoryHome> home, UploadRequest request,
                 MemoryNodePointer staged)
        : home_(std::move(home)),
          request_(std::move(request)),
          wanted_path_(request_.path),
          staged_(std::move(staged)),
          attributes_(home_->file_mode(), staged_->modified) {}
    [[nodiscard]] Result<void> store(std::uint64_t offset, std::span<const std::byte> data);
    [[nodiscard]] Result<void> cut(std::uint64_t size);
    [[nodiscard]] Result<void> begin();
    [[nodiscard]] Result<void> choose_path();
    [[nodiscard]] Result<std::uint64_t> kept_size() const;
    [[nodiscard]] Result<void> take_partial(std::uint64_t kept);
    [[nodiscard]] Result<void> take_published(std::uint64_t kept);
    [[nodiscard]] std::string digest() const;
    void content_changed();

    const std::shared_ptr<const MemoryHome> home_;
    UploadRequest request_;  ///< its path is the final name
    const VirtualPath wanted_path_;
    const MemoryNodePointer staged_;
    std::optional<Charge> charge_;
    StagedAttributes attributes_;
    WrittenExtents written_;
    bool continues_partial_ = false;
    std::optional<Error> failure_;  ///< of a change: what is staged must never be published
};

}  // namespace sallyport::storage
