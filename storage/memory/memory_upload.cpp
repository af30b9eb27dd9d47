#include "storage/memory/memory_upload.hpp"

#include "storage/spare_name.hpp"

namespace sallyport::storage {

Result<std::unique_ptr<Upload>> MemoryUpload::start(std::shared_ptr<const MemoryHome> home,
                                                    const UploadRequest& request) {
    MemoryTree& tree = home->tree();
    const std::lock_guard lock(tree.mutex);
    auto staged = tree.make_node(EntryType::file, home->file_mode());
    std::unique_ptr<MemoryUpload> upload(
        new MemoryUpload(std::move(home), request, std::move(staged)));
    const auto begun = upload->begin();
    if (!begun) return begun.error();
    return std::unique_ptr<Upload>(std::move(upload));
}

Result<void> MemoryUpload::begin() {
    if (!home_->is_writable()) return Error::forbidden;
    const auto chosen = choose_path();
    if (!chosen) return chosen;
    const bool resumed = request_.start.kind != UploadStart::Kind::fresh && !request_.unique;
    const auto kept = resumed ? kept_size() : Result<std::uint64_t>(0U);
    if (!kept) return kept.error();
    const bool fits =
        *kept <= request_.max_size && request_.announced_size <= request_.max_size - *kept;
    if (!fits) return Error::too_large;
    if (request_.announced_size > home_->tree().usage->left()) return Error::no_space;
    if (resumed && home_->find_partial(request_.path)) return take_partial(*kept);
    auto charge = Charge::begin(home_->purse(), *kept + request_.announced_size);
    if (!charge) return charge.error();
    charge_.emplace(std::move(*charge));
    return take_published(*kept);
}

Result<void> MemoryUpload::choose_path() {
    if (request_.path.is_root()) return Error::is_a_directory;
    const auto parent = home_->find_directory(request_.path.parent());
    if (!parent) return parent.error();
    const auto target = home_->find(request_.path);
    const bool exists = target.has_value() || home_->find_partial(request_.path);
    if (request_.must_exist && !exists) return Error::not_found;
    if (!target) return {};
    if (request_.unique) {
        auto path = request_.path.parent().child(unique_name(request_.path.name()));
        if (!path) return path.error();
        request_.path = std::move(*path);
        return {};
    }
    if ((*target)->is_directory()) return Error::is_a_directory;
    if (request_.overwrite == Overwrite::deny) return Error::exists;
    return {};
}

/// The bytes that a resumed upload begins with.
Result<std::uint64_t> MemoryUpload::kept_size() const {
    const UploadStart& start = request_.start;
    const auto published = home_->find_file(request_.path);
    auto source = home_->find_partial(request_.path);
    if (!source && published) source = *published;
    const std::uint64_t there = source ? source->bytes->size() : 0;
    if (start.kind == UploadStart::Kind::at_end) return there;
    if (start.offset > there) return Error::bad_offset;
    return start.offset;
}

Result<void> MemoryUpload::take_partial(std::uint64_t kept) {
    written_ = WrittenExtents(kept);
    staged_->bytes = home_->find_partial(request_.path)->bytes;
    charge_.emplace(Charge::adopt(home_->purse(), size()));
    continues_partial_ = true;
    home_->partials().erase(request_.path);
    charge_->shrink(size() - kept);
    return staged_->bytes->truncate(kept);
}

Result<void> MemoryUpload::take_published(std::uint64_t kept) {
    if (kept == 0) return {};
    written_ = WrittenExtents(kept);
    const auto paid = charge_->grow(kept);
    if (!paid) return paid;
    const auto published = home_->find_file(request_.path);
    if (!published) return published.error();
    const auto bytes = (*published)->bytes->view();
    if (kept == bytes.size()) {
        attributes_ = StagedAttributes(home_->file_mode(), (*published)->modified);
    }
    return staged_->bytes->write(0, bytes.first(kept));
}

Entry MemoryUpload::entry() const {
    Entry entry = entry_of(request_.path.name(), *staged_);
    entry.mode = attributes_.mode();
    entry.modified = attributes_.modified();
    return entry;
}

void MemoryUpload::content_changed() {
    attributes_.content_changed(file_time_now());
}

Async<Result<void>> MemoryUpload::write(std::uint64_t offset, std::span<const std::byte> data) {
    if (failure_) co_return *failure_;
    const auto stored = store(offset, data);
    if (!stored) failure_ = stored.error();
    co_return stored;
}

Result<void> MemoryUpload::store(std::uint64_t offset, std::span<const std::byte> data) {
    if (data.empty()) return {};
    if (offset > request_.max_size || data.size() > request_.max_size - offset) {
        return Error::too_large;
    }
    const std::uint64_t end = offset + data.size();
    const std::uint64_t more = end - std::min(end, size());
    const auto paid = charge_->grow(more);
    if (!paid) return paid;
    const auto written = staged_->bytes->write(offset, data);
    if (!written) {
        charge_->shrink(more);
        return written;
    }
    written_.wrote(offset, data.size());
    content_changed();
    return {};
}

Async<Result<std::size_t>> MemoryUpload::read(std::uint64_t offset, std::span<std::byte> into) {
    if (!request_.readable) co_return Error::forbidden;
    if (failure_) co_return *failure_;
    co_return staged_->bytes->read(offset, into);
}

Async<Result<void>> MemoryUpload::truncate(std::uint64_t size) {
    if (failure_) co_return *failure_;
    const auto done = cut(size);
    if (!done) failure_ = done.error();
    co_return done;
}

Result<void> MemoryUpload::cut(std::uint64_t size) {
    if (size > request_.max_size) return Error::too_large;
    if (size == this->size()) return {};
    const std::uint64_t before = this->size();
    const std::uint64_t more = size - std::min(size, before);
    const auto paid = charge_->grow(more);
    if (!paid) return paid;
    const auto done = staged_->bytes->truncate(size);
    if (!done) {
        charge_->shrink(more);
        return done;
    }
    if (size < before) charge_->shrink(before - size);
    written_.truncated(size);
    content_changed();
    return {};
}

Async<Result<void>> MemoryUpload::sync() {
    if (failure_) co_return *failure_;
    co_return Result<void>();
}

Async<Result<void>> MemoryUpload::set_attributes(const AttributeChange& change) {
    if (failure_) co_return *failure_;
    attributes_.change(change);
    co_return Result<void>();
}

Async<Result<Stored>> MemoryUpload::commit(Piece last) {
    const auto written = co_await write(last.offset, last.data);
    if (!written) co_return written.error();
    if (continues_partial_ && written_.skips_after_start()) co_return Error::bad_offset;
    std::string sha256 = digest();
    const std::lock_guard lock(home_->tree().mutex);
    const auto parent = home_->find_directory(request_.path.parent());
    if (!parent) co_return parent.error();
    const Overwrite overwrite = request_.unique ? Overwrite::deny : request_.overwrite;
    while (request_.unique && (*parent)->children.contains(request_.path.name())) {
        auto other = wanted_path_.parent().child(unique_name(wanted_path_.name()));
        if (!other) co_return other.error();
        request_.path = std::move(*other);
    }
    staged_->modified = attributes_.modified();
    staged_->mode = attributes_.mode();
    const auto placed = place(**parent, std::string(request_.path.name()), staged_, overwrite);
    if (!placed) co_return placed.error();
    const Meters meters = home_->meters(request_.path);
    charge_->became_published(meters);
    const auto& replaced = *placed;
    if (replaced) home_->purse().ledger->changed(meters, {}, {replaced->bytes->size(), 1});
    home_->remove_partial(request_.path);
    co_return Stored{request_.path, size(), std::move(sha256), replaced != nullptr, staged_->id};
}

std::string MemoryUpload::digest() const {
    if (!home_->tree().digest) return {};
    Digest digest(DigestAlgorithm::sha256);
    digest.update(staged_->bytes->view());
    return digest.finish();
}

Async<void> MemoryUpload::abandon(Keep keep) {
    const bool worth_keeping = continues_partial_ || written_.keeps_written();
    const std::uint64_t kept = keep == Keep::partial && worth_keeping ? written_.resumable() : 0;
    const std::lock_guard lock(home_->tree().mutex);
    charge_->shrink(size() - std::min(kept, size()));
    const auto cut = staged_->bytes->truncate(kept);
    if (!cut || kept == 0) {
        charge_.reset();
        co_return;
    }
    const auto older = home_->find_partial(request_.path);
    charge_->became_partial(older ? Usage{older->bytes->size(), 1} : Usage());
    staged_->modified = file_time_now();
    home_->partials()[request_.path] = staged_;
}

}  // namespace sallyport::storage
