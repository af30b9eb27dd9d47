#pragma once

#include <memory>
#include <optional>

#include "storage/local/home.hpp"
#include "storage/local/running_digest.hpp"
#include "storage/local/upload_start.hpp"
#include "storage/staged_attributes.hpp"
#include "storage/written_extents.hpp"

namespace sallyport::storage {

/// What an upload has staged: the bytes, their digest, and the attributes that they will be
/// published with. The operations are the blocking halves of `Upload`'s, same contract. Not
/// thread-safe.
class StagedContent {
  public:
    /// `max_size` in bytes.
    StagedContent(std::shared_ptr<const Home> home, StartedUpload started, std::uint64_t max_size);

    [[nodiscard]] Result<void> write(std::uint64_t offset, std::span<const std::byte> data);
    [[nodiscard]] Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> into) const;
    [[nodiscard]] Result<void> truncate(std::uint64_t size);
    [[nodiscard]] Result<void> sync() const;
    /// Does not block.
    void set_attributes(const AttributeChange& change) { attributes_.change(change); }

    /// Gives the file its attributes, makes the bytes durable and closes it. The digest, as
    /// lower-case hex; empty when digests are off. `bad_offset` if bytes are missing between a
    /// partial and what came after it. Nothing but `file` and `take` may follow.
    [[nodiscard]] Result<std::string> seal();
    /// Cuts the file to what may be kept as a partial; false if nothing may.
    [[nodiscard]] bool cut_to_partial();

    [[nodiscard]] StagedFile& file() { return staged_; }
    /// Gives the file away.
    [[nodiscard]] StagedFile take() { return std::move(staged_); }

    /// Bytes.
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] const StagedAttributes& attributes() const { return attributes_; }

  private:
    /// Stores `data`, where there is no hole before `offset` that was not made on purpose.
    [[nodiscard]] Result<void> store(std::uint64_t offset, std::span<const std::byte> data);
    [[nodiscard]] Result<void> make_hole(std::uint64_t end);
    [[nodiscard]] Result<void> hide_rewriting(std::uint64_t offset);
    /// Bytes by which the file grows when it is written up to `end`.
    [[nodiscard]] std::uint64_t growth(std::uint64_t end) const;
    [[nodiscard]] Result<std::string> finish_digest();
    void content_changed();

    std::shared_ptr<const Home> home_;
    StagedFile staged_;
    std::uint64_t max_size_;
    std::uint64_t size_;
    bool has_holes_ = false;
    WrittenExtents written_;
    std::optional<RunningDigest> digest_;
    StagedAttributes attributes_;
    bool continues_partial_;
};

}  // namespace sallyport::storage
