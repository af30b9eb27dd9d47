#include "auth/guarded_upload.hpp"

#include <utility>

namespace sallyport::auth {
namespace {

using storage::AttributeChange;
using storage::Result;
using OnDrop = std::function<void(const storage::VirtualPath&, std::string)>;

class GuardedUpload final : public storage::Upload {
  public:
    GuardedUpload(std::unique_ptr<storage::Upload> upload, std::shared_ptr<OwnPaths> own,
                  std::shared_ptr<const Policy> policy, std::uint64_t max_size, OnDrop on_drop)
        : upload_(std::move(upload)),
          own_(std::move(own)),
          policy_(std::move(policy)),
          max_size_(max_size),
          on_drop_(std::move(on_drop)) {}

    [[nodiscard]] const storage::VirtualPath& path() const override { return upload_->path(); }
    [[nodiscard]] std::uint64_t size() const override { return upload_->size(); }
    [[nodiscard]] storage::Entry entry() const override { return upload_->entry(); }
    Async<Result<void>> write(std::uint64_t offset, std::span<const std::byte> data) override {
        auto written = co_await upload_->write(offset, data);
        // The upload may answer before it has looked. That it will fail is said at once.
        const bool fits =
            data.empty() || (offset <= max_size_ && data.size() <= max_size_ - offset);
        if (written && !fits) co_return storage::Error::too_large;
        co_return written;
    }
    Async<Result<std::size_t>> read(std::uint64_t offset, std::span<std::byte> into) override {
        return upload_->read(offset, into);
    }
    Async<Result<void>> truncate(std::uint64_t size) override { return upload_->truncate(size); }
    Async<Result<void>> sync() override { return upload_->sync(); }

    Async<Result<void>> set_attributes(const AttributeChange& change) override {
        Decision decision = policy_->decide(Verb::attributes, path(), Ownership::own);
        const AttributeChange granted = decision.allowed ? change : AttributeChange();
        if (!decision.allowed && on_drop_) {
            const OnDrop report = std::exchange(on_drop_, nullptr);
            report(path(), std::move(decision.rule));
        }
        // A failed upload refuses this, too, with or without a change.
        co_return co_await upload_->set_attributes(granted);
    }

    Async<Result<storage::Stored>> commit(storage::Piece last) override {
        auto stored = co_await upload_->commit(last);
        if (stored) own_->remember(stored->path, stored->id);
        co_return stored;
    }
    Async<void> abandon(Keep keep) override { return upload_->abandon(keep); }

  private:
    std::unique_ptr<storage::Upload> upload_;
    std::shared_ptr<OwnPaths> own_;
    std::shared_ptr<const Policy> policy_;
    std::uint64_t max_size_;
    OnDrop on_drop_;  ///< empty once it was called
};

}  // namespace

std::unique_ptr<storage::Upload> guarded(std::unique_ptr<storage::Upload> upload,
                                         std::shared_ptr<OwnPaths> own,
                                         std::shared_ptr<const Policy> policy,
                                         std::uint64_t max_size, OnDrop on_drop) {
    return std::make_unique<GuardedUpload>(std::move(upload), std::move(own), std::move(policy),
                                           max_size, std::move(on_drop));
}

}  // namespace sallyport::auth
