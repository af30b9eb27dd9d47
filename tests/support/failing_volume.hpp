#pragma once

#include <memory>
#include <utility>

#include "storage/backend.hpp"

namespace sallyport::test {

/// The operation of a FailingVolume, and of what it hands out, that goes wrong.
enum class Fault {
    stat,
    list,
    next,  ///< of a listing
    make_directory,
    remove_directory,
    remove,
    rename,
    set_attributes,
    download,
    read,         ///< of a download
    short_reads,  ///< one byte at a time is read, of a download; no failure
    upload,
    write,
    read_back,  ///< of an upload
    truncate,
    sync,
    set_staged_attributes,
    commit,
    digest,
    space,
};

/// What fails, and how.
struct Failure {
    Fault fault;
    storage::Error error;

    [[nodiscard]] bool hits(Fault operation) const { return fault == operation; }
};

class FailingListing final : public storage::Listing {
  public:
    FailingListing(std::unique_ptr<storage::Listing> inner, Failure failure)
        : inner_(std::move(inner)), failure_(failure) {}
    Async<storage::Result<std::vector<storage::Entry>>> next(std::size_t at_most) override {
        if (failure_.hits(Fault::next)) co_return failure_.error;
        co_return co_await inner_->next(at_most);
    }

  private:
    std::unique_ptr<storage::Listing> inner_;
    Failure failure_;
};

class FailingDownload final : public storage::Download {
  public:
    FailingDownload(std::unique_ptr<storage::Download> inner, Failure failure)
        : inner_(std::move(inner)), failure_(failure) {}
    [[nodiscard]] const storage::Entry& entry() const override { return inner_->entry(); }
    Async<storage::Result<std::size_t>> read(std::uint64_t offset,
                                             std::span<std::byte> into) override {
        if (failure_.hits(Fault::read)) co_return failure_.error;
        if (failure_.hits(Fault::short_reads) && !into.empty()) into = into.first(1);
        co_return co_await inner_->read(offset, into);
    }

  private:
    std::unique_ptr<storage::Download> inner_;
    Failure failure_;
};

class FailingUpload final : public storage::Upload {
  public:
    FailingUpload(std::unique_ptr<storage::Upload> inner, Failure failure)
        : inner_(std::move(inner)), failure_(failure) {}
    [[nodiscard]] const storage::VirtualPath& path() const override { return inner_->path(); }
    [[nodiscard]] std::uint64_t size() const override { return inner_->size(); }
    [[nodiscard]] storage::Entry entry() const override { return inner_->entry(); }
    Async<storage::Result<void>> write(std::uint64_t offset,
                                       std::span<const std::byte> data) override {
        if (failure_.hits(Fault::write)) co_return failure_.error;
        co_return co_await inner_->write(offset, data);
    }
    Async<storage::Result<std::size_t>> read(std::uint64_t offset,
                                             std::span<std::byte> into) override {
        if (failure_.hits(Fault::read_back)) co_return failure_.error;
        co_return co_await inner_->read(offset, into);
    }
    Async<storage::Result<void>> truncate(std::uint64_t size) override {
        if (failure_.hits(Fault::truncate)) co_return failure_.error;
        co_return co_await inner_->truncate(size);
    }
    Async<storage::Result<void>> sync() override {
        if (failure_.hits(Fault::sync)) co_return failure_.error;
        co_return co_await inner_->sync();
    }
    Async<storage::Result<void>> set_attributes(const storage::AttributeChange& change) override {
        if (failure_.hits(Fault::set_staged_attributes)) co_return failure_.error;
        co_return co_await inner_->set_attributes(change);
    }
    Async<storage::Result<storage::Stored>> commit(storage::Piece last) override {
        if (!last.data.empty() && failure_.hits(Fault::write)) co_return failure_.error;
        if (failure_.hits(Fault::commit)) co_return failure_.error;
        co_return co_await inner_->commit(last);
    }
    Async<void> abandon(Keep keep) override { return inner_->abandon(keep); }

  private:
    std::unique_ptr<storage::Upload> inner_;
    Failure failure_;
};

/// Another volume with a fault.
class FailingVolume final : public storage::Volume {
  public:
    FailingVolume(std::shared_ptr<storage::Volume> inner, Fault fault,
                  storage::Error error = storage::Error::io)
        : inner_(std::move(inner)), failure_{fault, error} {}

    Async<storage::Result<storage::Entry>> stat(const storage::VirtualPath& path) override {
        if (failure_.hits(Fault::stat)) co_return failure_.error;
        co_return co_await inner_->stat(path);
    }
    Async<storage::Result<std::unique_ptr<storage::Listing>>> list(
        const storage::VirtualPath& directory) override {
        if (failure_.hits(Fault::list)) co_return failure_.error;
        auto inner = co_await inner_->list(directory);
        if (!inner) co_return inner;
        co_return std::make_unique<FailingListing>(std::move(*inner), failure_);
    }
    Async<storage::Result<void>> make_directory(const storage::VirtualPath& path) override {
        if (failure_.hits(Fault::make_directory)) co_return failure_.error;
        co_return co_await inner_->make_directory(path);
    }
    Async<storage::Result<void>> remove_directory(const storage::VirtualPath& path) override {
        if (failure_.hits(Fault::remove_directory)) co_return failure_.error;
        co_return co_await inner_->remove_directory(path);
    }
    Async<storage::Result<void>> remove(const storage::VirtualPath& path) override {
        if (failure_.hits(Fault::remove)) co_return failure_.error;
        co_return co_await inner_->remove(path);
    }
    Async<storage::Result<void>> rename(const storage::VirtualPath& from,
                                        const storage::VirtualPath& to,
                                        storage::Overwrite overwrite) override {
        if (failure_.hits(Fault::rename)) co_return failure_.error;
        co_return co_await inner_->rename(from, to, overwrite);
    }
    Async<storage::Result<void>> set_attributes(const storage::VirtualPath& path,
                                                const storage::AttributeChange& change) override {
        if (failure_.hits(Fault::set_attributes)) co_return failure_.error;
        co_return co_await inner_->set_attributes(path, change);
    }
    Async<storage::Result<std::unique_ptr<storage::Download>>> download(
        const storage::VirtualPath& path) override {
        if (failure_.hits(Fault::download)) co_return failure_.error;
        auto inner = co_await inner_->download(path);
        if (!inner) co_return inner;
        co_return std::make_unique<FailingDownload>(std::move(*inner), failure_);
    }
    Async<storage::Result<std::unique_ptr<storage::Upload>>> upload(
        const storage::UploadRequest& request) override {
        if (failure_.hits(Fault::upload)) co_return failure_.error;
        auto inner = co_await inner_->upload(request);
        if (!inner) co_return inner;
        co_return std::make_unique<FailingUpload>(std::move(*inner), failure_);
    }
    Async<storage::Result<std::string>> digest(const storage::VirtualPath& path,
                                               storage::DigestAlgorithm algorithm,
                                               std::uint64_t first, std::uint64_t last) override {
        if (failure_.hits(Fault::digest)) co_return failure_.error;
        co_return co_await inner_->digest(path, algorithm, first, last);
    }
    Async<storage::Result<storage::Space>> space(const storage::VirtualPath& path) override {
        if (failure_.hits(Fault::space)) co_return failure_.error;
        co_return co_await inner_->space(path);
    }

  private:
    std::shared_ptr<storage::Volume> inner_;
    Failure failure_;
};

}  // namespace sallyport::test
