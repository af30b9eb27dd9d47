#include "storage/local/staging.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include "storage/local/directory_reader.hpp"
#include "storage/local/entry_of.hpp"
#include "storage/spare_name.hpp"
#include "storage/virtual_path.hpp"

namespace sallyport::storage {
namespace {

constexpr std::uint32_t private_directory = 0700;
constexpr mode_t private_file = 0600;
constexpr std::size_t random_bytes = 16;

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

/// Moves a file to a random name in `active`; that name.
Result<std::string> make_active(const Descriptor& from, const std::string& name,
                                const Descriptor& active) {
    std::string random = random_hex(random_bytes);
    const auto moved = rename_to_free_name(from, name, active, random);
    if (!moved) return moved.error();
    return random;
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

Result<std::shared_ptr<StagingArea>> StagingArea::open(const Descriptor& parent) {
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
    return std::shared_ptr<StagingArea>(new StagingArea(std::move(folders), status->device));
}

Result<StagedFile> StagingArea::create() {
    std::string name = random_hex(random_bytes);
    auto file = open_at(active_, name, O_RDWR | O_CREAT | O_EXCL, private_file);
    if (!file) return file.error();
    return StagedFile(shared_from_this(), active_, std::move(name), std::move(*file));
}

Result<StagedFile> StagingArea::claim(const PartialPlace& place) {
    const std::string partial = place.str();
    const std::lock_guard lock(keeping_);
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
    if (!file) {
        static_cast<void>(rename_to_free_name(directory, *name, partials_, partial));
        return file.error();
    }
    return StagedFile(shared_from_this(), directory, std::move(*name), std::move(*file));
}

Result<void> StagingArea::keep(StagedFile staged, const PartialPlace& place, Older older) {
    // A strange umask may have taken our own permission to open it again.
    const auto reopenable = outcome(::fchmod(staged.file().get(), private_file));
    if (!reopenable) return reopenable;
    const std::lock_guard lock(keeping_);
    const auto folders = make_folders(partials_, place);
    if (!folders) return folders;
    const unsigned flags = older == Older::replace ? 0U : RENAME_NOREPLACE;
    const auto kept = outcome(::renameat2(staged.directory().get(), staged.name().c_str(),
                                          partials_.get(), place.str().c_str(), flags));
    if (kept) staged.moved_away();
    return kept;
}

void StagingArea::recover() {
    for_each_place(
        resumed_, [&](const PartialPlace& place) { restore(place); },
        [&](const std::string& folder) { remove_empty(resumed_, folder); });
    for_each_name(active_, ".",
                  [&](const std::string& name) { ::unlinkat(active_.get(), name.c_str(), 0); });
}

void StagingArea::restore(const PartialPlace& place) {
    const std::string partial = place.str();
    const std::lock_guard lock(keeping_);
    if (!make_folders(partials_, place)) return;
    const auto restored = rename_to_free_name(resumed_, partial, partials_, partial);
    const bool later_one_there = !restored && restored.error() == Error::exists;
    if (later_one_there) ::unlinkat(resumed_.get(), partial.c_str(), 0);
}

void StagingArea::sweep(std::chrono::system_clock::time_point oldest) {
    for_each_place(
        partials_, [&](const PartialPlace& place) { remove_expired(place, oldest); },
        [&](const std::string& folder) { remove_empty(partials_, folder); });
    for_each_place(
        resumed_, [](const PartialPlace&) {},
        [&](const std::string& folder) { remove_empty(resumed_, folder); });
}

void StagingArea::remove_expired(const PartialPlace& place,
                                 std::chrono::system_clock::time_point oldest) {
    const std::string partial = place.str();
    const std::lock_guard lock(keeping_);
    const auto status = status_at(partials_, partial);
    if (status && status->modified < oldest) ::unlinkat(partials_.get(), partial.c_str(), 0);
}

/// Leaves a folder that is not empty as it is.
void StagingArea::remove_empty(const Descriptor& folder, const std::string& name) {
    const std::lock_guard lock(keeping_);
    ::unlinkat(folder.get(), name.c_str(), AT_REMOVEDIR);
}

bool StagingArea::can_rename_to_free_name() {
    auto probe = create();
    if (!probe) return false;
    const std::string other = random_hex(random_bytes);
    if (!rename_to_free_name(active_, probe->name(), active_, other)) return false;
    probe->moved_away();
    return ::unlinkat(active_.get(), other.c_str(), 0) == 0;
}

}  // namespace sallyport::storage
