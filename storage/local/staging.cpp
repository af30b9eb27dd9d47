#include "storage/local/staging.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "storage/local/directory_reader.hpp"
#include "storage/local/durable_part.hpp"
#include "storage/local/entry_of.hpp"
#include "storage/spare_name.hpp"
#include "storage/virtual_path.hpp"
#include "storage/written_extents.hpp"

namespace sallyport::storage {
namespace {

constexpr std::uint32_t private_directory = 0700;
constexpr mode_t private_file = 0600;
constexpr std::size_t random_bytes = 16;
/// How often a file is begun or taken that another process, tidying up, takes for a leftover.
constexpr int max_attempts = 16;

/// Opens a directory of ours and takes everybody else's permissions from it.
Result<Descriptor> open_private(const Descriptor& parent, const std::string& name) {
    auto opened = ensure_directory_at(parent, name, private_directory);
    if (!opened) return opened.error();
    const auto restricted = outcome(::fchmod(opened->get(), private_directory));
    if (!restricted) return restricted.error();
    return opened;
}

void for_each_name(const Descriptor& directory, const std::string& path, const auto& visit) {
    auto reader = read_directory(directory, path);
    if (!reader) return;
    for (auto name = reader->next(); name && *name; name = reader->next()) visit(**name);
}

/// Calls `visit` for each file two levels below `folder`, and `leave` for each folder on the way
/// back.
void for_each_place(const Descriptor& folder, const auto& visit, const auto& leave) {
    for_each_name(folder, ".", [&](const std::string& owner) {
        for_each_name(folder, owner, [&](const std::string& directory) {
            const std::string path = owner + "/" + directory;
            for_each_name(folder, path, [&](const std::string& name) {
                visit(PartialPlace{owner, directory, name});
            });
            leave(path);
        });
        leave(owner);
    });
}

/// Makes the folders that lead to `place` below `folder`.
Result<void> make_folders(const Descriptor& folder, const PartialPlace& place) {
    const auto owner = ensure_directory_at(folder, place.owner, private_directory);
    if (!owner) return owner.error();
    const auto directory = ensure_directory_at(*owner, place.directory, private_directory);
    if (!directory) return directory.error();
    return {};
}

/// Whether an open file, which nobody else can move any more, still has this name.
Result<bool> still_has_name(const Descriptor& file, const Descriptor& directory,
                            const std::string& name) {
    const auto opened = status_of(file);
    if (!opened) return opened.error();
    const auto named = status_at(directory, name);
    return named && named->inode == opened->inode;
}

/// Locks an open file for its upload; the lock lives in the copy that is returned. Nothing when
/// somebody else has it, or it no longer has this name: then another process took it for a
/// leftover.
Result<std::optional<Descriptor>> lock_for_upload(const Descriptor& file,
                                                  const Descriptor& directory,
                                                  const std::string& name) {
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return std::optional<Descriptor>();
        return from_errno(errno);
    }
    const auto in_place = still_has_name(file, directory, name);
    if (!in_place) return in_place.error();
    if (!*in_place) return std::optional<Descriptor>();
    Descriptor copy(::fcntl(file.get(), F_DUPFD_CLOEXEC, 0));
    if (!copy.is_open()) return from_errno(errno);
    return std::optional<Descriptor>(std::move(copy));
}

/// Locks a file that no upload uses, for as long as the result lives; nothing when one does.
std::optional<Descriptor> lock_leftover(const Descriptor& directory, const std::string& name) {
    auto file = open_beneath(directory, name, O_RDWR);
    if (!file && file.error() == Error::forbidden) {
        // A strange umask, or the mode of a file that was about to be published, may have taken our
        // own permission to open it.
        static_cast<void>(outcome(::fchmodat(directory.get(), name.c_str(), private_file, 0)));
        file = open_beneath(directory, name, O_RDWR);
    }
    if (!file || ::flock(file->get(), LOCK_SH | LOCK_NB) != 0) return std::nullopt;
    // Its upload may have ended just now: then this is what it has published.
    const auto in_place = still_has_name(*file, directory, name);
    if (!in_place || !*in_place) return std::nullopt;
    return std::move(*file);
}

/// Cuts off what an upload that breaks does not keep; false if nothing is left then.
bool hold_back(const Descriptor& file) {
    const auto status = status_of(file);
    if (!status || status->size <= held_back_bytes) return false;
    return ::ftruncate(file.get(), static_cast<off_t>(status->size - held_back_bytes)) == 0;
}

/// Moves a file to a random name in `active`; that name.
Result<std::string> make_active(const Descriptor& from, const std::string& name,
                                const Descriptor& active) {
    std::string random = random_hex(random_bytes);
    const auto moved = rename_to_free_name(from, name, active, random);
    if (!moved) return moved.error();
    return random;
}

/// The group that files made in a directory have.
gid_t passed_on(const FileStatus& directory) {
    return (directory.mode & S_ISGID) != 0 ? directory.group : ::getegid();
}

/// Gives a file made in one directory the group that it would have in another one. Without the
/// right to do so, which takes being in that group, it keeps its own.
Result<void> adopt_group(const Descriptor& file, const Descriptor& from, const Descriptor& to) {
    const auto here = status_of(from);
    if (!here) return here.error();
    const auto there = status_of(to);
    if (!there) return there.error();
    const gid_t group = passed_on(*there);
    if (group == passed_on(*here)) return {};
    constexpr auto same_owner = static_cast<uid_t>(-1);
    const auto given = outcome(::fchown(file.get(), same_owner, group));
    if (!given && given.error() != Error::forbidden) return given;
    return {};
}

}  // namespace

StagedFile::~StagedFile() {
    if (area_) ::unlinkat(directory_->get(), name_.c_str(), 0);
}

Result<void> StagedFile::forget_place() {
    if (directory_ == &area_->active()) return {};
    auto name = make_active(*directory_, name_, area_->active());
    if (!name) return name.error();
    name_ = std::move(*name);
    directory_ = &area_->active();
    return {};
}

Result<std::shared_ptr<StagingArea>> StagingArea::open(const Descriptor& parent, Floors& floors,
                                                       std::string boot) {
    Folders folders;
    auto directory = open_private(parent, std::string(reserved_name));
    if (!directory) return directory.error();
    folders.directory = std::move(*directory);
    for (const auto& [name, folder] :
         {std::pair("active", &folders.active), std::pair("partials", &folders.partials),
          std::pair("resumed", &folders.resumed)}) {
        auto opened = open_private(folders.directory, name);
        if (!opened) return opened.error();
        *folder = std::move(*opened);
    }
    const auto status = status_of(folders.active);
    if (!status) return status.error();
    return std::shared_ptr<StagingArea>(new StagingArea(
        std::move(folders), status->device, floors.of(status->device), std::move(boot)));
}

Result<StagedFile> StagingArea::create(Charge charge, const Descriptor& destination) {
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        std::string name = random_hex(random_bytes);
        auto file = open_at(active_, name, O_RDWR | O_CREAT | O_EXCL, private_file);
        if (!file) return file.error();
        auto lock = lock_for_upload(*file, active_, name);
        if (!lock) return lock.error();
        if (!*lock) continue;
        StagedFile staged(shared_from_this(), active_, std::move(name), std::move(*file),
                          std::move(**lock), std::move(charge));
        const auto adopted = adopt_group(staged.file(), active_, destination);
        if (!adopted) return adopted.error();
        return staged;
    }
    return Error::unavailable;
}

Result<StagedFile> StagingArea::claim(const PartialPlace& place, const Purse& purse) {
    const std::lock_guard lock(keeping_);
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        auto taken = take(place, purse);
        // When it was moved back under our hands it is a partial still.
        if (taken || taken.error() != Error::not_found) return taken;
        const auto there = status_at(partials_, place.str());
        if (!there) return there.error();
    }
    return Error::unavailable;
}

/// `not_found`, too, when another process has taken the file for a leftover meanwhile.
Result<StagedFile> StagingArea::take(const PartialPlace& place, const Purse& purse) {
    const std::string partial = place.str();
    const auto there = status_at(partials_, partial);
    if (!there) return there.error();
    const auto folders = make_folders(resumed_, place);
    if (!folders) return folders.error();
    const auto moved = rename_to_free_name(partials_, partial, resumed_, partial);
    // Another session may still go on with an earlier partial of that name.
    const bool taken = !moved && moved.error() == Error::exists;
    if (!moved && !taken) return moved.error();
    const Descriptor& directory = taken ? active_ : resumed_;
    auto name = taken ? make_active(partials_, partial, active_) : Result<std::string>(partial);
    if (!name) return name.error();
    auto file = open_beneath(directory, *name, O_RDWR);
    auto lock = file ? lock_for_upload(*file, directory, *name) : file.error();
    if (lock && *lock) {
        return StagedFile(shared_from_this(), directory, std::move(*name), std::move(*file),
                          std::move(**lock), Charge::adopt(purse, there->size));
    }
    if (lock) return Error::not_found;
    static_cast<void>(rename_to_free_name(directory, *name, partials_, partial));
    return lock.error();
}

void StagingArea::note_durable(const Descriptor& file, std::uint64_t size) const {
    note_durable_part(file, boot_, size);
}

Result<void> StagingArea::keep(StagedFile staged, const PartialPlace& place, Older older) {
    // A strange umask may have taken our own permission to open it again.
    const auto reopenable = outcome(::fchmod(staged.file().get(), private_file));
    if (!reopenable) return reopenable;
    const std::lock_guard lock(keeping_);
    const unsigned flags = older == Older::replace ? 0U : RENAME_NOREPLACE;
    for (int attempt = 1;; ++attempt) {
        const auto folders = make_folders(partials_, place);
        if (!folders) return folders;
        const auto there = status_at(partials_, place.str());
        const auto kept = outcome(::renameat2(staged.directory().get(), staged.name().c_str(),
                                              partials_.get(), place.str().c_str(), flags));
        if (kept) {
            staged.moved_away();
            staged.charge().became_partial(there ? Usage{there->size, 1} : Usage());
        }
        // Another process may have swept the folders away again.
        const bool swept = !kept && kept.error() == Error::not_found;
        if (!swept || attempt == max_attempts) return kept;
    }
}

Result<void> StagingArea::remove(const PartialPlace& place, const Purse& purse) {
    const std::string partial = place.str();
    const std::lock_guard lock(keeping_);
    const auto there = status_at(partials_, partial);
    if (!there) return there.error();
    const auto removed = outcome(::unlinkat(partials_.get(), partial.c_str(), 0));
    if (removed) purse.ledger->partial_removed(*purse.stash, {there->size, 1});
    return removed;
}

void StagingArea::count(const std::string& owner, const Purse& purse) {
    Usage left;
    const std::lock_guard lock(keeping_);
    for_each_name(partials_, owner, [&](const std::string& directory) {
        const std::string path = owner + "/" + directory;
        for_each_name(partials_, path, [&](const std::string& name) {
            const auto status = status_at(partials_, path + "/" + name);
            if (status) left += {status->size, 1};
        });
    });
    purse.ledger->count_partials(*purse.stash, left);
}

void StagingArea::recover() {
    for_each_place(
        resumed_, [&](const PartialPlace& place) { restore(place); },
        [&](const std::string& folder) { remove_empty(resumed_, folder); });
    for_each_name(active_, ".", [&](const std::string& name) { discard(name); });
}

void StagingArea::restore(const PartialPlace& place) {
    const std::string partial = place.str();
    const std::lock_guard lock(keeping_);
    const auto leftover = lock_leftover(resumed_, partial);
    if (!leftover || !make_folders(partials_, place)) return;
    const bool resumable = cut_to_durable_part(*leftover, boot_) && hold_back(*leftover);
    const auto restored = resumable ? rename_to_free_name(resumed_, partial, partials_, partial)
                                    : Result<void>(Error::not_found);
    const bool later_one_there = !restored && restored.error() == Error::exists;
    if (!resumable || later_one_there) ::unlinkat(resumed_.get(), partial.c_str(), 0);
}

void StagingArea::discard(const std::string& name) {
    const auto leftover = lock_leftover(active_, name);
    if (leftover) ::unlinkat(active_.get(), name.c_str(), 0);
}

void StagingArea::sweep(std::chrono::system_clock::time_point oldest, Ledger& ledger) {
    for_each_place(
        partials_, [&](const PartialPlace& place) { remove_expired(place, oldest, ledger); },
        [&](const std::string& folder) { remove_empty(partials_, folder); });
    for_each_place(
        resumed_, [](const PartialPlace&) {},
        [&](const std::string& folder) { remove_empty(resumed_, folder); });
}

void StagingArea::remove_expired(const PartialPlace& place,
                                 std::chrono::system_clock::time_point oldest, Ledger& ledger) {
    const std::string partial = place.str();
    const std::lock_guard lock(keeping_);
    const auto status = status_at(partials_, partial);
    if (!status || status->modified >= oldest) return;
    if (::unlinkat(partials_.get(), partial.c_str(), 0) != 0) return;
    // An owner who has not been here since the start has not been counted either.
    const auto stash = ledger.find_stash(place.owner);
    if (stash) ledger.partial_removed(*stash, {status->size, 1});
}

/// Leaves a folder that is not empty as it is.
void StagingArea::remove_empty(const Descriptor& folder, const std::string& name) {
    const std::lock_guard lock(keeping_);
    ::unlinkat(folder.get(), name.c_str(), AT_REMOVEDIR);
}

bool StagingArea::can_rename_to_free_name() {
    auto probe = create(Charge(), active_);
    if (!probe) return false;
    const std::string other = random_hex(random_bytes);
    if (!rename_to_free_name(active_, probe->name(), active_, other)) return false;
    probe->moved_away();
    return ::unlinkat(active_.get(), other.c_str(), 0) == 0;
}

}  // namespace sallyport::storage
