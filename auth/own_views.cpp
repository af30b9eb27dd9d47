#include "auth/own_views.hpp"

#include <utility>

namespace sallyport::auth {
namespace {

class RememberingUpload final : public storage::Upload {
  public:
    RememberingUpload(std::unique_ptr<storage::Upload> upload, std::shared_ptr<OwnPaths> own)
        : upload_(std::move(upload)), own_(std::move(own)) {}

    [[nodiscard]] const storage::VirtualPath& path() const override { return upload_->path(); }
    [[nodiscard]] std::uint64_t size() const override { return upload_->size(); }
    Async<storage::Result<void>> write(std::uint64_t offset,
                                       std::span<const std::byte> data) override {
        return upload_->write(offset, data);
    }
    Async<storage::Result<storage::Stored>> commit() override {
        auto stored = co_await upload_->commit();
        if (stored) own_->remember(stored->path);
        co_return stored;
    }
    Async<void> abandon(Keep keep) override { return upload_->abandon(keep); }

  private:
    std::unique_ptr<storage::Upload> upload_;
    std::shared_ptr<OwnPaths> own_;
};

class OwnListing final : public storage::Listing {
  public:
    OwnListing(std::unique_ptr<storage::Listing> listing, storage::VirtualPath directory,
               std::shared_ptr<const OwnPaths> own)
        : listing_(std::move(listing)), directory_(std::move(directory)), own_(std::move(own)) {}

    Async<storage::Result<std::vector<storage::Entry>>> next(std::size_t at_most) override {
        while (true) {
            auto batch = co_await listing_->next(at_most);
            if (!batch || batch->empty()) co_return batch;
            std::erase_if(*batch, [this](const auto& entry) { return !is_own(entry); });
            if (!batch->empty()) co_return batch;
        }
    }

  private:
    [[nodiscard]] bool is_own(const storage::Entry& entry) const {
        const auto path = directory_.child(entry.name);
        return path && (entry.partial || own_->contains(*path));
    }

    std::unique_ptr<storage::Listing> listing_;
    storage::VirtualPath directory_;
    std::shared_ptr<const OwnPaths> own_;
};

}  // namespace

std::unique_ptr<storage::Upload> remembering(std::unique_ptr<storage::Upload> upload,
                                             std::shared_ptr<OwnPaths> own) {
    return std::make_unique<RememberingUpload>(std::move(upload), std::move(own));
}

std::unique_ptr<storage::Listing> only_own(std::unique_ptr<storage::Listing> listing,
                                           storage::VirtualPath directory,
                                           std::shared_ptr<const OwnPaths> own) {
    return std::make_unique<OwnListing>(std::move(listing), std::move(directory), std::move(own));
}

}  // namespace sallyport::auth
