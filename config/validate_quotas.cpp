#include "config/validate_quotas.hpp"

#include <algorithm>
#include <map>

#include "config/suggest.hpp"

namespace sallyport::config {
namespace {

/// What holds for one user, and the table that says which group it is.
struct Share {
    std::string user;
    std::optional<std::uint64_t> bytes;
    std::optional<std::uint64_t> files;
    std::string group;
    std::string table;
};

Share share_of(const UserDraft& user, const PolicyDraft& policy) {
    const Overrides& own = user.overrides;
    const Overrides& shared = policy.overrides;
    const auto& group = own.quota_group ? own.quota_group : shared.quota_group;
    return {user.name, own.quota ? own.quota : shared.quota,
            own.quota_files ? own.quota_files : shared.quota_files, group.value_or(""),
            own.quota_group ? place_name("user", user.name) : place_name("policy", policy.name)};
}

}  // namespace

void validate_quotas(const Draft& draft, const Position& whole, Report& report) {
    std::map<std::string, Share> groups;
    for (const UserDraft& user : draft.users) {
        const auto policy = std::ranges::find(draft.policies, user.policy, &PolicyDraft::name);
        if (policy == draft.policies.end()) continue;
        const Share share = share_of(user, *policy);
        if (share.group.empty()) continue;
        const Position at = draft.place(share.table + "/quota_group").value_or(whole);
        const auto& [name, first] = *groups.emplace(share.group, share).first;
        if (first.user == share.user && !share.bytes && !share.files) {
            report.error(at, "quota group " + quote(name) +
                                 " has no quota to share; write `quota` or `quota_files`");
        }
        if (first.bytes == share.bytes && first.files == share.files) continue;
        report.error(at, "users " + quote(first.user) + " and " + quote(share.user) +
                             " share quota group " + quote(name) +
                             " but have different quotas; make `quota` and `quota_files` the same");
    }
}

}  // namespace sallyport::config
