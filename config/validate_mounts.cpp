#include "config/validate_mounts.hpp"

#include <filesystem>

#include "config/suggest.hpp"

namespace sallyport::config {
namespace {

void look_at(const std::optional<std::vector<PlacedMount>>& mounts, Report& report) {
    if (!mounts) return;
    for (const PlacedMount& placed : *mounts) {
        std::error_code error;
        const auto status = std::filesystem::status(placed.mount.folder, error);
        const bool unknown = status.type() == std::filesystem::file_type::none;
        // What the reader of the configuration may not look at, the server may still serve.
        if (unknown || std::filesystem::is_directory(status)) continue;
        report.warn(placed.at, "there is no folder " + quote(placed.mount.folder.string()) +
                                   "; users find nothing at " + quote(placed.mount.at.str()) +
                                   " until there is");
    }
}

}  // namespace

void validate_mounts(const Draft& draft, Report& report) {
    for (const PolicyDraft& policy : draft.policies) look_at(policy.overrides.mounts, report);
    for (const UserDraft& user : draft.users) look_at(user.overrides.mounts, report);
}

}  // namespace sallyport::config
