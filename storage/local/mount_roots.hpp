#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "storage/local/root.hpp"

namespace sallyport::storage {

/// The folders of mounts, opened once for all users who have them. Thread-safe. All calls block.
class MountRoots {
  public:
    explicit MountRoots(std::shared_ptr<Services> services) : services_(std::move(services)) {}

    /// Opens `folder`, anew if another one has taken its place: `unavailable` if it is not there.
    [[nodiscard]] Result<std::shared_ptr<Root>> in(const std::filesystem::path& folder);

  private:
    const std::shared_ptr<Services> services_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Root>> roots_;
};

}  // namespace sallyport::storage
