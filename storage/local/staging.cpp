#include "storage/local/staging.hpp"

#include <fcntl.h>

#include "storage/local/directory_reader.hpp"
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

std::chrono::system_clock::time_point modified(const struct stat& status) {
    const auto since = std::chrono::seconds(status.st_mtim.tv_sec) +
                       std::chrono::nanoseconds(status.st_mtim.tv_nsec);
    return std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(since));
}

}  // namespace

StagedFile::~StagedFile() {
    if (area_) ::unlinkat(area_->active().get(), name_.c_str(), 0);
}

const Descriptor& StagedFile::directory() const {
    return area_->active();
}

Result<std::shared_ptr<StagingArea>> StagingArea::open(const Descriptor& parent) {
    auto directory = open_private(parent, std::string(reserved_name));
    if (!directory) return directory.error();
    auto active = open_private(*directory, "active");
    if (!active) return active.error();
    auto partials = open_private(*directory, "partials");
    if (!partials) return partials.error();
    const auto status = status_of(*active);
    if (!status) return status.error();
    return std::shared_ptr<StagingArea>(new StagingArea(std::move(*directory), std::move(*active),
                                                        std::move(*partials), status->st_dev));
}

Result<StagedFile> StagingArea::create() {
    std::string name = random_hex(random_bytes);
    auto file = open_at(active_, name, O_RDWR | O_CREAT | O_EXCL, private_file);
    if (!file) return file.error();
    return StagedFile(shared_from_this(), std::move(name), std::move(*file));
}

Result<StagedFile> StagingArea::claim(const std::string& place) {
    std::string name = random_hex(random_bytes);
    const auto taken = rename_to_free_name(partials_, place, active_, name);
    if (!taken) return taken.error();
    auto file = open_at(active_, name, O_RDWR);
    if (!file) {
        static_cast<void>(rename_to_free_name(active_, name, partials_, place));
        return file.error();
    }
    return StagedFile(shared_from_this(), std::move(name), std::move(*file));
}

Result<void> StagingArea::keep(StagedFile staged, const std::string& owner,
                               const std::string& directory, const std::string& name, Older older) {
    // A strange umask may have taken our own permission to open it again.
    const auto reopenable = outcome(::fchmod(staged.file().get(), private_file));
    if (!reopenable) return reopenable;
    const std::lock_guard lock(keeping_);
    const auto owners = ensure_directory_at(partials_, owner, private_directory);
    if (!owners) return owners.error();
    const auto place = ensure_directory_at(*owners, directory, private_directory);
    if (!place) return place.error();
    const unsigned flags = older == Older::replace ? 0U : RENAME_NOREPLACE;
    const auto kept = outcome(
        ::renameat2(active_.get(), staged.name().c_str(), place->get(), name.c_str(), flags));
    if (kept) staged.moved_away();
    return kept;
}

void StagingArea::clear_active() {
    for_each_name(active_, ".",
                  [&](const std::string& name) { ::unlinkat(active_.get(), name.c_str(), 0); });
}

void StagingArea::sweep(std::chrono::system_clock::time_point oldest) {
    for_each_name(partials_, ".", [&](const std::string& owner) { sweep_owner(owner, oldest); });
}

void StagingArea::sweep_owner(const std::string& owner,
                              std::chrono::system_clock::time_point oldest) {
    for_each_name(partials_, owner, [&](const std::string& directory) {
        sweep_directory(owner + "/" + directory, oldest);
    });
    const std::lock_guard lock(keeping_);
    ::unlinkat(partials_.get(), owner.c_str(), AT_REMOVEDIR);
}

void StagingArea::sweep_directory(const std::string& place,
                                  std::chrono::system_clock::time_point oldest) {
    for_each_name(partials_, place, [&](const std::string& name) {
        const std::string partial = place + "/" + name;
        const std::lock_guard lock(keeping_);
        const auto status = status_at(partials_, partial);
        if (status && modified(*status) < oldest) ::unlinkat(partials_.get(), partial.c_str(), 0);
    });
    const std::lock_guard lock(keeping_);
    ::unlinkat(partials_.get(), place.c_str(), AT_REMOVEDIR);
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
