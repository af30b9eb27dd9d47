#include "storage/local/accounts.hpp"

#include <fcntl.h>

#include "storage/home_name.hpp"
#include "storage/local/partials.hpp"

namespace sallyport::storage {
namespace {

/// A login counts again what other programs may have changed in so much time.
constexpr auto login_recount_age = std::chrono::minutes(5);

/// Adds what is published in `folder`, and what is staged for it under the name `stash`.
void add_folder(const Root& root, const std::string& folder, const Descriptor& opened,
                std::string stash, Account& account) {
    Services& services = *root.services();
    const auto area = root.staging_for(opened);
    const Partials partials(area ? *area : nullptr, services.ledger, std::move(stash));
    const auto meter = services.ledger->meter(root.place_of(folder));
    services.ledger->add(account, meter, partials.purse(nullptr).stash);
    services.recounts->start(meter, login_recount_age);
}

void add_home(const Root& root, const Quota::Member& member, Account& account) {
    if (!parse_home(member.home)) return;
    const auto home = open_beneath(root.directory(), member.home, O_PATH | O_DIRECTORY);
    // The first login makes it.
    if (!home) return;
    add_folder(root, member.home, *home, stash_name(member.owner, member.home), account);
}

}  // namespace

void add_members(Root& root, MountRoots& mounts, const Quota& quota, Account& account) {
    for (const Quota::Member& member : quota.members) {
        add_home(root, member, account);
        for (const Mount& mount : member.mounts) {
            if (!mount.writable) continue;
            const auto opened = mounts.in(mount.folder);
            if (!opened) continue;
            add_folder(**opened, ".", (*opened)->directory(),
                       stash_name(member.owner, mount.folder.string()), account);
        }
    }
}

}  // namespace sallyport::storage
