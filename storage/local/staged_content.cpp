#include "storage/local/staged_content.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "storage/local/durable_part.hpp"
#include "storage/local/entry_of.hpp"
#include "storage/local/file_bytes.hpp"
#include "storage/local/stored_digest.hpp"

namespace sallyport::storage {
namespace {

/// The largest offset that the system can store.
constexpr auto largest_file = static_cast<std::uint64_t>(INT64_MAX);

}  // namespace

StagedContent::StagedContent(std::shared_ptr<const Home> home, StartedUpload started,
                             std::uint64_t max_size)
    : home_(std::move(home)),
      staged_(std::move(started.staged)),
      max_size_(std::min(max_size, largest_file)),
      size_(started.kept),
      has_holes_(started.has_holes),
      written_(started.kept),
      attributes_(home_->file_mode(), started.modified),
      continues_partial_(started.continues_partial) {
    if (home_->root().options().digest) digest_.emplace(started.kept);
}

Result<void> StagedContent::write(std::uint64_t offset, std::span<const std::byte> data) {
    if (data.empty()) return {};
    if (offset > max_size_ || data.size() > max_size_ - offset) return Error::too_large;
    const std::uint64_t end = offset + data.size();
    const std::uint64_t more = growth(end);
    const auto paid = staged_.charge().grow(more);
    if (!paid) return paid;
    const auto hidden = hide_rewriting(offset);
    const auto written = hidden ? store(offset, data) : hidden;
    if (!written) {
        staged_.charge().shrink(more);
        return written;
    }
    size_ = std::max(size_, end);
    written_.wrote(offset, data.size());
    content_changed();
    if (!digest_) return {};
    return digest_->wrote(staged_.file(), offset, data);
}

Result<std::size_t> StagedContent::read(std::uint64_t offset, std::span<std::byte> into) const {
    return read_at(staged_.file(), offset, into);
}

Result<void> StagedContent::truncate(std::uint64_t size) {
    if (size > max_size_) return Error::too_large;
    if (size == size_) return {};
    const std::uint64_t more = growth(size);
    const auto paid = staged_.charge().grow(more);
    if (!paid) return paid;
    const auto room = more > 0 ? make_hole(size) : Result<void>();
    const auto cut = room ? outcome(::ftruncate(staged_.file().get(), static_cast<off_t>(size)))
                          : Result<void>(room.error());
    if (!cut) {
        staged_.charge().shrink(more);
        return cut;
    }
    if (more == 0) staged_.charge().shrink(size_ - size);
    size_ = size;
    written_.truncated(size);
    if (digest_) digest_->truncated(size);
    content_changed();
    return {};
}

Result<void> StagedContent::sync() const {
    return home_->root().sync(staged_.file());
}

std::uint64_t StagedContent::growth(std::uint64_t end) const {
    return end - std::min(end, size_);
}

Result<void> StagedContent::store(std::uint64_t offset, std::span<const std::byte> data) {
    const std::uint64_t end = offset + data.size();
    const auto hole = offset > size_ ? make_hole(end) : Result<void>();
    if (!hole) return hole;
    Floor& floor = home_->staging().floor();
    if (!floor.is_set()) return write_at(staged_.file(), offset, data);
    // What is written over takes nothing new, but where there are holes nobody knows.
    const auto room = floor.hold(staged_.file(), has_holes_ ? data.size() : growth(end));
    if (!room) return room.error();
    return write_at(staged_.file(), offset, data);
}

/// After a crash nobody would know how much of a partial has been written over, and with what.
Result<void> StagedContent::hide_rewriting(std::uint64_t offset) {
    return written_.is_before_end_of_start(offset) ? staged_.forget_place() : Result<void>();
}

/// The rule for holes: the file system must have room for the whole file, `end` bytes, as if it had
/// no holes. Stops a sparse bomb: one packet could otherwise make a file of exabytes, which costs
/// nothing here and fills the disk of whoever copies it, or keeps the digest busy for days.
Result<void> StagedContent::make_hole(std::uint64_t end) {
    const auto status = status_of(staged_.file());
    if (!status) return status.error();
    const auto room =
        home_->staging().floor().hold(staged_.file(), end - std::min(end, status->allocated));
    if (!room) return room.error();
    has_holes_ = true;
    // After a crash nobody would know where the gap is.
    return staged_.forget_place();
}

void StagedContent::content_changed() {
    attributes_.content_changed(std::chrono::system_clock::now());
}

Result<std::string> StagedContent::seal() {
    if (continues_partial_ && written_.skips_after_start()) return Error::bad_offset;
    Descriptor& file = staged_.file();
    if (continues_partial_) forget_durable_part(file);
    // The remembered digest goes by the time of change, and may be forbidden by the mode.
    const timespec times[] = {{0, UTIME_OMIT}, to_timespec(attributes_.modified())};
    const auto dated = outcome(::futimens(file.get(), times));
    if (!dated) return dated.error();
    auto sha256 = finish_digest();
    if (!sha256) return sha256;
    const auto shown = outcome(::fchmod(file.get(), attributes_.mode()));
    if (!shown) return shown.error();
    const auto durable = sync();
    if (!durable) return durable.error();
    const auto closed = file.close();
    if (!closed) return closed.error();
    return sha256;
}

Result<std::string> StagedContent::finish_digest() {
    if (!digest_) return std::string();
    auto sha256 = digest_->finish(staged_.file(), size_);
    if (!sha256) return sha256;
    const auto status = status_of(staged_.file());
    if (!status) return status.error();
    if (status->size != size_) return Error::io;
    remember_digest(staged_.file(), *status, *sha256);
    return sha256;
}

bool StagedContent::cut_to_partial() {
    const std::uint64_t kept = written_.resumable();
    const bool worth_keeping = continues_partial_ || written_.keeps_written();
    if (!worth_keeping || kept == 0) return false;
    // Bytes after a gap, or of a write that failed half-way, would make the owner believe that all
    // before them is there.
    if (::ftruncate(staged_.file().get(), static_cast<off_t>(kept)) != 0) return false;
    staged_.charge().shrink(size_ - kept);
    // After a power cut the size may be there and the bytes not: the owner would go on behind
    // zeros.
    return sync().has_value();
}

}  // namespace sallyport::storage
