#include "auth/own_listing.hpp"

#include <utility>

namespace sallyport::auth {
namespace {

class OwnListing final : public storage::Listing {
  public:
    OwnListing(std::unique_ptr<storage::Listing> listing, storage::VirtualPath directory,
               std::shared_ptr<const OwnPaths> own, std::shared_ptr<const Policy> policy)
        : listing_(std::move(listing)),
          directory_(std::move(directory)),
          own_(std::move(own)),
          policy_(std::move(policy)) {}

    Async<storage::Result<std::vector<storage::Entry>>> next(std::size_t at_most) override {
        while (true) {
            auto batch = co_await listing_->next(at_most);
            if (!batch || batch->empty()) co_return batch;
            std::erase_if(*batch, [this](const auto& entry) { return !is_visible(entry); });
            if (!batch->empty()) co_return batch;
        }
    }

  private:
    [[nodiscard]] bool is_visible(const storage::Entry& entry) const {
        const auto path = directory_.child(entry.name);
        return path && (entry.partial || own_->contains(*path, entry.id) ||
                        policy_->decide(Verb::stat, *path).allowed);
    }

    std::unique_ptr<storage::Listing> listing_;
    storage::VirtualPath directory_;
    std::shared_ptr<const OwnPaths> own_;
    std::shared_ptr<const Policy> policy_;
};

}  // namespace

std::unique_ptr<storage::Listing> only_own(std::unique_ptr<storage::Listing> listing,
                                           storage::VirtualPath directory,
                                           std::shared_ptr<const OwnPaths> own,
                                           std::shared_ptr<const Policy> policy) {
    return std::make_unique<OwnListing>(std::move(listing), std::move(directory), std::move(own),
                                        std::move(policy));
}

}  // namespace sallyport::auth
