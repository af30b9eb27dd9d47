#include "storage/local/local_upload.hpp"

#include <algorithm>

#include "storage/local/file_bytes.hpp"
#include "storage/local/stored_digest.hpp"
#include "storage/spare_name.hpp"

namespace sallyport::storage {
namespace {

/// How much may arrive before the free space is looked at again.
constexpr std::uint64_t space_check_bytes = 64 * 1024 * 1024;
/// Random names tried for a unique upload.
constexpr int max_unique_names = 16;

/// The largest offset that the system can store.
constexpr auto largest_file = static_cast<std::uint64_t>(INT64_MAX);

}  // namespace

Result<std::unique_ptr<Upload>> LocalUpload::start(std::shared_ptr<const Home> home,
                                                   BlockingPool& pool,
                                                   const UploadRequest& request) {
    auto started = start_upload(*home, request);
    if (!started) return started.error();
    return std::unique_ptr<Upload>(
        new LocalUpload(std::move(home), pool, request, std::move(*started)));
}

LocalUpload::LocalUpload(std::shared_ptr<const Home> home, BlockingPool& pool,
                         const UploadRequest& request, StartedUpload started)
    : home_(std::move(home)),
      pool_(pool),
      path_(std::move(started.path)),
      wanted_path_(request.path),
      overwrite_(request.unique ? Overwrite::deny : request.overwrite),
      max_size_(std::min(request.max_size, largest_file)),
      size_(started.kept),
      without_gap_(started.kept),
      unique_(request.unique) {
    staged_.emplace(std::move(started.staged));
    if (home_->root().options().digest) digest_.emplace(started.kept);
}

LocalUpload::~LocalUpload() {
    // Removing a large file takes long, and the thread that we are on may own sockets.
    if (staged_) pool_.post([discarded = std::move(*staged_)] {});
}

Async<Result<void>> LocalUpload::write(std::uint64_t offset, std::span<const std::byte> data) {
    const auto stored = co_await pool_.run([&] { return store(offset, data); });
    if (!stored) failure_ = stored.error();
    co_return stored;
}

Async<Result<Stored>> LocalUpload::commit() {
    co_return co_await pool_.run([&] { return finish(); });
}

Async<void> LocalUpload::abandon(Keep keep) {
    co_await pool_.run([&] { return give_up(keep); });
}

Result<void> LocalUpload::store(std::uint64_t offset, std::span<const std::byte> data) {
    if (data.empty()) return {};
    if (offset > max_size_ || data.size() > max_size_ - offset) return Error::too_large;
    const auto space = check_floor(data.size());
    if (!space) return space;
    const auto written = write_at(staged_->file(), offset, data);
    if (!written) return written;
    const std::uint64_t end = offset + data.size();
    size_ = std::max(size_, end);
    if (offset <= without_gap_) without_gap_ = std::max(without_gap_, end);
    if (!digest_) return {};
    return digest_->wrote(staged_->file(), offset, data);
}

Result<void> LocalUpload::check_floor(std::uint64_t more) {
    unchecked_ += more;
    if (unchecked_ < space_check_bytes) return {};
    unchecked_ = 0;
    return require_space(*home_, more);
}

Result<Stored> LocalUpload::finish() {
    auto sha256 = failure_ ? Result<std::string>(*failure_) : seal();
    const auto placed = sha256 ? publish() : Result<Placed>(sha256.error());
    staged_.reset();
    if (!placed) return placed.error();
    static_cast<void>(home_->partials().remove(path_));
    return Stored{path_, size_, std::move(*sha256), *placed == Placed::replaced};
}

Result<std::string> LocalUpload::seal() {
    Descriptor& file = staged_->file();
    const auto shown = outcome(::fchmod(file.get(), home_->file_mode()));
    if (!shown) return shown.error();
    auto sha256 = finish_digest();
    if (!sha256) return sha256;
    if (home_->root().options().fsync && ::fsync(file.get()) != 0) return from_errno(errno);
    const auto closed = file.close();
    if (!closed) return closed.error();
    return sha256;
}

Result<std::string> LocalUpload::finish_digest() {
    if (!digest_) return std::string();
    auto sha256 = digest_->finish(staged_->file(), size_);
    if (!sha256) return sha256;
    const auto status = status_of(staged_->file());
    if (!status) return status.error();
    if (static_cast<std::uint64_t>(status->st_size) != size_) return Error::io;
    remember_digest(staged_->file(), *status, *sha256);
    return sha256;
}

Result<Placed> LocalUpload::publish() {
    const auto in_place = home_->root().check_in_place();
    if (!in_place) return in_place.error();
    const auto directory = home_->open_directory(path_.parent());
    if (!directory) return directory.error();
    const auto placed = take_name(*directory);
    if (!placed) return placed;
    staged_->moved_away();
    const auto durable = home_->root().sync(*directory);
    if (durable) return placed;
    const std::string name(path_.name());
    if (*placed == Placed::new_name) ::unlinkat(directory->get(), name.c_str(), 0);
    return durable.error();
}

Result<Placed> LocalUpload::take_name(const Descriptor& directory) {
    for (int attempt = 1;; ++attempt) {
        const std::string name(path_.name());
        auto placed = place({staged_->directory(), staged_->name()}, {directory, name}, overwrite_);
        const bool taken = !placed && placed.error() == Error::exists;
        if (!taken || !unique_ || attempt == max_unique_names) return placed;
        auto other = wanted_path_.parent().child(unique_name(wanted_path_.name()));
        if (!other) return other.error();
        path_ = std::move(*other);
    }
}

bool LocalUpload::give_up(Keep keep) {
    if (!staged_) return false;
    StagedFile staged = std::move(*staged_);
    staged_.reset();
    if (keep == Keep::nothing || without_gap_ == 0) return false;
    // Bytes after a gap, or of a write that failed half-way, would make the owner believe that all
    // before them is there.
    const bool complete = ::ftruncate(staged.file().get(), static_cast<off_t>(without_gap_)) == 0;
    return complete && home_->partials().keep(std::move(staged), path_).has_value();
}

}  // namespace sallyport::storage
