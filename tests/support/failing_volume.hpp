#pragma once

#include <memory>
#include <utility>

#include "storage/backend.hpp"

namespace sallyport::test {

/// What a FailingVolume does wrong.
enum class Fault {
    read,         ///< reading fails
    short_reads,  ///< one byte at a time is read
    truncate,     ///< cutting an upload fails
    sync,         ///< an upload cannot be made durable
    commit,       ///< an upload cannot be published
};

/// A download with a fault.
class FailingDownload final : public storage::Download {
  public:
    FailingDownload(std::unique_ptr<storage::Download> inner, Fault fault)
        : inner_(std::move(inner)), fault_(fault) {}
    [[nodiscard]] const storage::Entry& entry() const override { return inner_->entry(); }
    Async<storage::Result<std::size_t>> read(std::uint64_t offset,
                                             std::span<std::byte> into) override {
        if (fault_ == Fault::read) co_return storage::Error::io;
        if (fault_ == Fault::short_reads && !into.empty()) into = into.first(1);
        co_return co_await inner_->read(offset, into);
    }

  private:
    std::unique_ptr<storage::Download> inner_;
    Fault fault_;
};

/// An upload with a fault.
class FailingUpload final : public storage::Upload {
  public:
    FailingUpload(std::unique_ptr<storage::Upload> inner, Fault fault)
        : inner_(std::move(inner)), fault_(fault) {}
    [[nodiscard]] const storage::VirtualPath& path() const override { return inner_->path(); }
    [[nodiscard]] std::uint64_t size() const override { return inner_->size(); }
    [[nodiscard]] storage::Entry entry() const override { return inner_->entry(); }
    Async<storage::Result<void>> write(std::uint64_t offset,
                                       std::span<const std::byte> data) override {
        return inner_->write(offset, data);
    }
    Async<storage::Result<std::size_t>> read(std::uint64_t offset,
                                             std::span<std::byte> into) override {
        return inner_->read(offset, into);
    }
    Async<storage::Result<void>> truncate(std::uint64_t size) override {
        if (fault_ == Fault::truncate) co_return storage::Error::io;
        co_return co_await inner_->truncate(size);
    }
    Async<storage::Result<void>> sync() override {
        if (fault_ == Fault::sync) co_return storage::Error::io;
        co_return co_await inner_->sync();
    }
    Async<storage::Result<void>> set_attributes(const storage::AttributeChange& change) override {
        return inner_->set_attributes(change);
    }
    Async<storage::Result<storage::Stored>> commit() override {
        if (fault_ == Fault::commit) co_return storage::Error::io;
        co_return co_await inner_->commit();
    }
    Async<void> abandon(Keep keep) override { return inner_->abandon(keep); }

  private:
    std::unique_ptr<storage::Upload> inner_;
    Fault fault_;
};

/// Another volume whose files have a fault.
class FailingVolume final : public storage::Volume {
  public:
    FailingVolume(std::shared_ptr<storage::Volume> inner, Fault fault)
        : inner_(std::move(inner)), fault_(fault) {}

    Async<storage::Result<storage::Entry>> stat(const storage::VirtualPath& path) override {
        return inner_->stat(path);
    }
    Async<storage::Result<std::unique_ptr<storage::Listing>>> list(
        const storage::VirtualPath& directory) override {
        return inner_->list(directory);
    }
    Async<storage::Result<void>> make_directory(const storage::VirtualPath& path) override {
        return inner_->make_directory(path);
    }
    Async<storage::Result<void>> remove_directory(const storage::VirtualPath& path) override {
        return inner_->remove_directory(path);
    }
    Async<storage::Result<void>> remove(const storage::VirtualPath& path) override {
        return inner_->remove(path);
    }
    Async<storage::Result<void>> rename(const storage::VirtualPath& from,
                                        const storage::VirtualPath& to,
                                        storage::Overwrite overwrite) override {
        return inner_->rename(from, to, overwrite);
    }
    Async<storage::Result<void>> set_attributes(const storage::VirtualPath& path,
                                                const storage::AttributeChange& change) override {
        return inner_->set_attributes(path, change);
    }
    Async<storage::Result<std::unique_ptr<storage::Download>>> download(
        const storage::VirtualPath& path) override {
        auto inner = co_await inner_->download(path);
        if (!inner) co_return inner.error();
        std::unique_ptr<storage::Download> failing =
            std::make_unique<FailingDownload>(std::move(*inner), fault_);
        co_return failing;
    }
    Async<storage::Result<std::unique_ptr<storage::Upload>>> upload(
        const storage::UploadRequest& request) override {
        auto inner = co_await inner_->upload(request);
        if (!inner) co_return inner.error();
        std::unique_ptr<storage::Upload> failing =
            std::make_unique<FailingUpload>(std::move(*inner), fault_);
        co_return failing;
    }
    Async<storage::Result<std::string>> digest(const storage::VirtualPath& path,
                                               storage::DigestAlgorithm algorithm,
                                               std::uint64_t first, std::uint64_t last) override {
        return inner_->digest(path, algorithm, first, last);
    }
    Async<storage::Result<storage::Space>> space() override { return inner_->space(); }

  private:
    std::shared_ptr<storage::Volume> inner_;
    Fault fault_;
};

}  // namespace sallyport::test
