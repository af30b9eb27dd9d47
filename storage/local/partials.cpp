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

std::string joined(std::string_view owner, std::string_view home) {
    return std::string(owner).append(1, '\0').append(home);
}

}  // namespace

Partials::Partials(std::shared_ptr<StagingArea> area, std::string_view owner, std::string_view home)
    : area_(std::move(area)), owner_(folder_name(joined(owner, home))) {}

Result<FileStatus> Partials::find(const VirtualPath& path) const {
    return status_at(area_->partials(), place_of(path).str());
}

Result<DirectoryReader> Partials::read(const VirtualPath& directory) const {
    return read_directory(area_->partials(), owner_ + "/" + folder_name(directory.str()));
}

Result<StagedFile> Partials::claim(const VirtualPath& path) const {
    return area_->claim(place_of(path));
}

Result<void> Partials::keep(StagedFile staged, const VirtualPath& path,
                            StagingArea::Older older) const {
    return area_->keep(std::move(staged), place_of(path), older);
}

Result<void> Partials::remove(const VirtualPath& path) const {
    return outcome(::unlinkat(area_->partials().get(), place_of(path).str().c_str(), 0));
}

void Partials::remove_in(const VirtualPath& directory) const {
    const std::string place = owner_ + "/" + folder_name(directory.str());
    auto reader = read_directory(area_->partials(), place);
    if (!reader) return;
    for (auto name = reader->next(); name && *name; name = reader->next()) {
        ::unlinkat(area_->partials().get(), (place + "/" + **name).c_str(), 0);
    }
}

PartialPlace Partials::place_of(const VirtualPath& path) const {
    return {owner_, folder_name(path.parent().str()), std::string(path.name())};
}

}  // namespace sallyport::storage
