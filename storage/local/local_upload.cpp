#include "storage/local/local_upload.hpp"

#include "storage/spare_name.hpp"

namespace sallyport::storage {
namespace {

/// Random names tried for a unique upload.
constexpr int max_unique_names = 16;

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
      path_(started.path),
      wanted_path_(request.path),
      id_(started.id),
      overwrite_(request.unique ? Overwrite::deny : request.overwrite),
      unique_(request.unique),
      readable_(request.readable),
      content_(home_, std::move(started), request.max_size) {}

LocalUpload::~LocalUpload() {
    // Removing a large file takes long, and the thread that we are on may own sockets.
    if (content_.file().is_staged()) pool_.post([discarded = content_.take()] {});
}

Entry LocalUpload::entry() const {
    Entry entry;
    entry.name = path_.name();
    entry.size = content_.size();
    entry.modified = content_.attributes().modified();
    entry.mode = content_.attributes().mode();
    entry.id = id_;
    return entry;
}

template <class Operation>
Async<Result<void>> LocalUpload::change(Operation operation) {
    if (failure_) co_return *failure_;
    auto done = co_await pool_.run(operation);
    if (!done && done.error() == Error::quota_exceeded) {
        const bool counted_again = co_await recount(*home_);
        if (counted_again) done = co_await pool_.run(operation);
    }
    if (!done) failure_ = done.error();
    co_return done;
}

Async<Result<void>> LocalUpload::write(std::uint64_t offset, std::span<const std::byte> data) {
    return change([this, offset, data] { return content_.write(offset, data); });
}

Async<Result<std::size_t>> LocalUpload::read(std::uint64_t offset, std::span<std::byte> into) {
    if (!readable_) co_return Error::forbidden;
    if (failure_) co_return *failure_;
    co_return co_await pool_.run([&] { return content_.read(offset, into); });
}

Async<Result<void>> LocalUpload::truncate(std::uint64_t size) {
    return change([this, size] { return content_.truncate(size); });
}

Async<Result<void>> LocalUpload::sync() {
    return change([this] { return content_.sync(); });
}

Async<Result<void>> LocalUpload::set_attributes(const AttributeChange& change) {
    if (failure_) co_return *failure_;
    content_.set_attributes(change);
    co_return Result<void>();
}

Async<Result<Stored>> LocalUpload::commit(Piece last) {
    auto stored = co_await pass_and_finish(last);
    if (stored || !content_.file().is_staged()) co_return stored;
    static_cast<void>(co_await write(last.offset, last.data));
    co_return co_await pass_and_finish({});
}

/// Nobody can count while somebody passes.
Async<Result<Stored>> LocalUpload::pass_and_finish(Piece last) {
    const auto passage = co_await Passage::through(home_->purse().ledger, home_->place_of(path_));
    co_return co_await pool_.run([&] { return finish(passage, last); });
}

Async<void> LocalUpload::abandon(Keep keep) {
    co_await pool_.run([&] { return give_up(keep); });
}

Result<Stored> LocalUpload::finish(const Passage& passage, Piece last) {
    if (!failure_) {
        const auto written = content_.write(last.offset, last.data);
        if (!written && written.error() == Error::quota_exceeded) return written.error();
        if (!written) failure_ = written.error();
    }
    auto sha256 = failure_ ? Result<std::string>(*failure_) : content_.seal();
    const auto placed = sha256 ? publish(passage) : Result<Placed>(sha256.error());
    const StagedFile unpublished = content_.take();
    if (!placed) return placed.error();
    static_cast<void>(home_->partials().remove(path_));
    return Stored{path_, content_.size(), std::move(*sha256), placed->replaced(), id_};
}

Result<Placed> LocalUpload::publish(const Passage& passage) {
    const auto directory = home_->open_directory(path_.parent());
    if (!directory) return directory.error();
    Usage published;
    auto placed = place_and_count(*directory, passage, published);
    if (!placed) return placed;
    const auto durable = home_->root().sync(*directory);
    if (durable) {
        // What was replaced is staged in our place now, and goes with us.
        if (placed->how != Placed::How::swapped) content_.file().moved_away();
        return placed;
    }
    const std::string name(path_.name());
    take_back({content_.file().directory(), content_.file().name()}, {*directory, name}, *placed);
    const auto there = status_at(*directory, name);
    // What could not be taken back counts.
    if (there && there->inode == placed->inode) return durable.error();
    passage.changed(placed->replaced() ? Usage{placed->replaced_size, 1} : Usage(), published);
    return durable.error();
}

Result<Placed> LocalUpload::place_and_count(const Descriptor& directory, const Passage& passage,
                                            Usage& published) {
    const auto locks = passage.exclusively();
    auto placed = take_name(directory);
    if (!placed) return placed;
    published = content_.file().charge().became_published(passage.to());
    if (placed->replaced()) passage.changed({}, {placed->replaced_size, 1});
    return placed;
}

Result<Placed> LocalUpload::take_name(const Descriptor& directory) {
    for (int attempt = 1;; ++attempt) {
        const std::string name(path_.name());
        const auto hidden = hide_from_recovery(directory, name);
        if (!hidden) return hidden.error();
        const StagedFile& staged = content_.file();
        auto placed =
            place({staged.directory(), staged.name()}, {directory, name}, overwrite_, Old::swapped);
        const bool taken = !placed && placed.error() == Error::exists;
        if (!taken || !unique_ || attempt == max_unique_names) return placed;
        auto other = wanted_path_.parent().child(unique_name(wanted_path_.name()));
        if (!other) return other.error();
        path_ = std::move(*other);
    }
}

/// What is replaced will be staged in our place: after a crash it must not pass for our partial.
Result<void> LocalUpload::hide_from_recovery(const Descriptor& directory, const std::string& name) {
    const bool replaces = overwrite_ == Overwrite::replace && status_at(directory, name);
    return replaces ? content_.file().forget_place() : Result<void>();
}

bool LocalUpload::give_up(Keep keep) {
    if (!content_.file().is_staged()) return false;
    // After the medium has failed nobody knows which of the bytes are there.
    const bool known = failure_ != Error::io;
    const bool kept = keep == Keep::partial && known && content_.cut_to_partial();
    StagedFile staged = content_.take();
    return kept && home_->partials().keep(std::move(staged), path_).has_value();
}

}  // namespace sallyport::storage
