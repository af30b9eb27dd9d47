#include "storage/local/directory_reader.hpp"

#include <fcntl.h>

#include <cerrno>

namespace sallyport::storage {

Result<DirectoryReader> DirectoryReader::open(Descriptor directory) {
    DIR* stream = ::fdopendir(directory.get());
    if (stream == nullptr) return from_errno(errno);
    directory.release();
    return DirectoryReader(stream);
}

Result<std::optional<std::string>> DirectoryReader::next() {
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(stream_.get());
        if (entry == nullptr && errno != 0) return from_errno(errno);
        if (entry == nullptr) return std::optional<std::string>();
        std::string name = entry->d_name;
        if (name != "." && name != "..") return std::optional(std::move(name));
    }
}

Result<FileStatus> DirectoryReader::status(const std::string& name) const {
    return status_at(::dirfd(stream_.get()), name);
}

Result<DirectoryReader> read_directory(const Descriptor& directory, const std::string& name) {
    auto opened = open_beneath(directory, name, O_RDONLY | O_DIRECTORY);
    if (!opened) return opened.error();
    return DirectoryReader::open(std::move(*opened));
}

}  // namespace sallyport::storage
