#include "storage/local/partials.hpp"

#include "storage/digest.hpp"

namespace sallyport::storage {
namespace {

/// A folder name of fixed length for any text, so that a name of 255 bytes still fits below it.
std::string folder_name(std::string_view text) {
    Digest digest(DigestAlgorithm::sha256);
    digest.update(std::as_bytes(std::span(text)));
    return digest.finish();
}

}  // namespace

std::string stash_name(std::string_view owner, std::string_view home) {
    return folder_name(std::string(owner).append(1, '\0').append(home));
}

Partials::Partials(std::shared_ptr<StagingArea> area, std::shared_ptr<Ledger> ledger,
                   std::string name)
    : area_(std::move(area)),
      owner_(std::move(name)),
      ledger_(std::move(ledger)),
      stash_(ledger_->stash(owner_)) {
    if (area_) area_->count(owner_, purse(nullptr));
}

Purse Partials::purse(std::shared_ptr<Account> account) const {
    return {ledger_, stash_, std::move(account)};
}

Result<FileStatus> Partials::find(const VirtualPath& path) const {
    if (!area_) return Error::not_found;
    return status_at(area_->partials(), place_of(path).str());
}

Result<DirectoryReader> Partials::read(const VirtualPath& directory) const {
    if (!area_) return Error::not_found;
    return read_directory(area_->partials(), owner_ + "/" + folder_name(directory.str()));
}

Result<StagedFile> Partials::claim(const VirtualPath& path, const Purse& purse) const {
    return area_->claim(place_of(path), purse);
}

Result<void> Partials::keep(StagedFile staged, const VirtualPath& path,
                            StagingArea::Older older) const {
    return area_->keep(std::move(staged), place_of(path), older);
}

Result<void> Partials::remove(const VirtualPath& path) const {
    if (!area_) return Error::not_found;
    return area_->remove(place_of(path), purse(nullptr));
}

void Partials::remove_in(const VirtualPath& directory) const {
    if (!area_) return;
    const std::string folder = folder_name(directory.str());
    auto reader = read_directory(area_->partials(), owner_ + "/" + folder);
    if (!reader) return;
    for (auto name = reader->next(); name && *name; name = reader->next()) {
        static_cast<void>(area_->remove({owner_, folder, **name}, purse(nullptr)));
    }
}

PartialPlace Partials::place_of(const VirtualPath& path) const {
    return {owner_, folder_name(path.parent().str()), std::string(path.name())};
}

}  // namespace sallyport::storage
