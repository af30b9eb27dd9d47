#include "storage/memory/memory_backend.hpp"

#include "storage/home_name.hpp"
#include "storage/memory/memory_volume.hpp"
#include "storage/mounted_volume.hpp"

namespace sallyport::storage {
namespace {

/// A name that no home can have: where meters believe that the folders of mounts are.
const std::string mount_places = "/" + std::string(reserved_name);

MemoryHome::Folder home_folder(const MemoryTree& tree, const std::string& home) {
    if (home == ".") return {tree.root, "", "/"};
    return {tree.root, home, "/" + home};
}

/// The folder of a mount is made as soon as somebody asks for it; the disk is not looked at.
MemoryHome::Folder mount_folder(MemoryTree& tree, const Mount& mount) {
    const std::string name = mount.folder.string();
    auto& node = tree.mounts[name];
    if (!node) node = tree.make_node(EntryType::directory, 0755);
    return {node, "", mount_places + name};
}

Result<void> make_home(MemoryTree& tree, const VirtualPath& home, std::uint32_t mode) {
    if (home.is_root() || tree.find(tree.root, home.relative())) return {};
    const VirtualPath outer = home.parent();
    const auto made = make_home(tree, outer, mode);
    if (!made) return made;
    const std::string_view above = outer.is_root() ? std::string_view() : outer.relative();
    const auto parent = tree.find(tree.root, above);
    if (!parent) return parent.error();
    if (!(*parent)->is_directory()) return Error::not_a_directory;
    const auto placed = place(**parent, std::string(home.name()),
                              tree.make_node(EntryType::directory, mode), Overwrite::deny);
    if (!placed) return placed.error();
    return {};
}

void add_folder(MemoryTree& tree, const std::string& owner, const MemoryHome::Folder& folder,
                Account& account) {
    Ledger& ledger = *tree.ledger;
    const auto meter = ledger.meter(folder.place);
    ledger.add(account, meter, ledger.stash(partials_key(owner, folder.place)));
    const auto now = Ledger::Clock::now();
    const auto count = ledger.begin_count(*meter, Ledger::Clock::duration::max(), now, [] {});
    if (count.state != Ledger::Count::State::begun) return;
    const auto node = tree.find(folder.base, folder.path);
    ledger.end_count(*meter, node ? usage_below(**node) : Usage(), now);
}

/// The account of a quota, with all its members in it.
std::shared_ptr<Account> open_account(MemoryTree& tree, const Quota& quota) {
    auto account = tree.ledger->account(quota.account, {quota.bytes, quota.files});
    for (const Quota::Member& member : quota.members) {
        if (!parse_home(member.home)) continue;
        add_folder(tree, member.owner, home_folder(tree, member.home), *account);
        for (const Mount& mount : member.mounts) {
            if (!mount.writable) continue;
            add_folder(tree, member.owner, mount_folder(tree, mount), *account);
        }
    }
    return account;
}

}  // namespace

MemoryBackend::MemoryBackend(const MemoryOptions& options)
    : partial_retention_(options.partial_retention), tree_(std::make_shared<MemoryTree>(options)) {}

Async<Result<std::shared_ptr<Volume>>> MemoryBackend::open_volume(const VolumeRequest& request) {
    const auto path = parse_home(request.home);
    if (!path) co_return path.error();
    const std::lock_guard lock(tree_->mutex);
    const auto made = make_home(*tree_, *path, request.directory_mode);
    if (!made) co_return made.error();
    const auto folder = home_folder(*tree_, request.home);
    const auto directory = tree_->find(folder.base, folder.path);
    if (!directory) co_return directory.error();
    if (!(*directory)->is_directory()) co_return Error::not_a_directory;
    std::shared_ptr<Account> account;
    if (request.quota) account = open_account(*tree_, *request.quota);
    std::shared_ptr<Volume> home = std::make_shared<MemoryVolume>(
        std::make_shared<MemoryHome>(tree_, request, folder, account));
    if (request.mounts.empty()) co_return home;
    std::vector<OpenMount> mounts;
    for (const Mount& mount : request.mounts) {
        auto inside = std::make_shared<MemoryHome>(tree_, request, mount_folder(*tree_, mount),
                                                   account, mount.writable);
        mounts.push_back({mount.at, std::make_shared<MemoryVolume>(std::move(inside))});
    }
    co_return std::make_shared<MountedVolume>(std::move(home), std::move(mounts));
}

Async<void> MemoryBackend::sweep() {
    const auto oldest = file_time_now() - partial_retention_;
    const std::lock_guard lock(tree_->mutex);
    for (auto& [owner, partials] : tree_->partials) {
        const auto stash = tree_->ledger->stash(owner);
        std::erase_if(partials, [&](const auto& item) {
            if (item.second->modified >= oldest) return false;
            tree_->ledger->partial_removed(*stash, {item.second->bytes->size(), 1});
            return true;
        });
    }
    co_return;
}

Async<Result<Space>> MemoryBackend::probe() {
    co_return Space{tree_->usage->left(), tree_->capacity};
}

}  // namespace sallyport::storage
