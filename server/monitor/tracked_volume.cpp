#include "server/monitor/tracked_volume.hpp"

#include "storage/forwarding_volume.hpp"

namespace sallyport::server::monitor {
namespace {

using storage::Result;
using storage::VirtualPath;

class TrackedUpload final : public storage::Upload {
  public:
    TrackedUpload(std::unique_ptr<storage::Upload> upload, std::shared_ptr<LiveSession> session,
                  std::uint64_t announced)
        : upload_(std::move(upload)), transfer_(std::move(session), file_of(*upload_, announced)) {}

    [[nodiscard]] const VirtualPath& path() const override { return upload_->path(); }
    [[nodiscard]] std::uint64_t size() const override { return upload_->size(); }
    [[nodiscard]] storage::Entry entry() const override { return upload_->entry(); }
    Async<Result<void>> write(std::uint64_t offset, std::span<const std::byte> data) override {
        transfer_.moved(offset, data.size());
        return upload_->write(offset, data);
    }
    Async<Result<std::size_t>> read(std::uint64_t offset, std::span<std::byte> into) override {
        return upload_->read(offset, into);
    }
    Async<Result<void>> truncate(std::uint64_t size) override { return upload_->truncate(size); }
    Async<Result<void>> sync() override { return upload_->sync(); }
    Async<Result<void>> set_attributes(const storage::AttributeChange& change) override {
        return upload_->set_attributes(change);
    }
    Async<Result<storage::Stored>> commit(storage::Piece last) override {
        transfer_.moved(last.offset, last.data.size());
        return upload_->commit(last);
    }
    Async<void> abandon(Keep keep) override { return upload_->abandon(keep); }

  private:
    static LiveTransfer::File file_of(const storage::Upload& upload, std::uint64_t announced) {
        LiveTransfer::File file{upload.path().str(), Direction::upload, upload.size(), {}};
        if (announced != 0) file.size = file.start + announced;
        return file;
    }

    std::unique_ptr<storage::Upload> upload_;
    LiveTransfer transfer_;
};

class TrackedDownload final : public storage::Download {
  public:
    TrackedDownload(std::unique_ptr<storage::Download> download,
                    std::shared_ptr<LiveSession> session, const VirtualPath& path)
        : download_(std::move(download)), transfer_(std::move(session), file_of(path)) {}

    [[nodiscard]] const storage::Entry& entry() const override { return download_->entry(); }
    Async<Result<std::size_t>> read(std::uint64_t offset, std::span<std::byte> into) override {
        auto count = co_await download_->read(offset, into);
        if (count) transfer_.moved(offset, *count);
        co_return count;
    }

  private:
    [[nodiscard]] LiveTransfer::File file_of(const VirtualPath& path) const {
        return {path.str(), Direction::download, 0, download_->entry().size};
    }

    std::unique_ptr<storage::Download> download_;
    LiveTransfer transfer_;
};

class TrackedVolume final : public storage::ForwardingVolume {
  public:
    TrackedVolume(std::shared_ptr<storage::Volume> volume, std::shared_ptr<LiveSession> session)
        : ForwardingVolume(std::move(volume)), session_(std::move(session)) {}

    Async<Result<std::unique_ptr<storage::Download>>> download(const VirtualPath& path) override {
        auto opened = co_await inner().download(path);
        if (!opened) co_return opened;
        co_return std::make_unique<TrackedDownload>(std::move(*opened), session_, path);
    }
    Async<Result<std::unique_ptr<storage::Upload>>> upload(
        const storage::UploadRequest& request) override {
        auto opened = co_await inner().upload(request);
        if (!opened) co_return opened;
        co_return std::make_unique<TrackedUpload>(std::move(*opened), session_,
                                                  request.announced_size);
    }

  private:
    std::shared_ptr<LiveSession> session_;
};

}  // namespace

std::shared_ptr<storage::Volume> tracked(std::shared_ptr<storage::Volume> volume,
                                         std::shared_ptr<LiveSession> session) {
    return std::make_shared<TrackedVolume>(std::move(volume), std::move(session));
}

}  // namespace sallyport::server::monitor
