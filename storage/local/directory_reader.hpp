#pragma once

#include <dirent.h>

#include <memory>
#include <optional>
#include <string>

#include "storage/local/directory.hpp"

namespace sallyport::storage {

/// Reads the names in a directory one after the other, without "." and "..".
class DirectoryReader {
  public:
    /// Takes a directory opened for reading, whose position nobody else uses.
    [[nodiscard]] static Result<DirectoryReader> open(Descriptor directory);

    /// The next name; nothing at the end.
    [[nodiscard]] Result<std::optional<std::string>> next();
    /// What `name` in this directory is; a link is reported as the link.
    [[nodiscard]] Result<FileStatus> status(const std::string& name) const;

  private:
    struct Close {
        void operator()(DIR* stream) const { ::closedir(stream); }
    };
    explicit DirectoryReader(DIR* stream) : stream_(stream) {}

    std::unique_ptr<DIR, Close> stream_;
};

/// A reader of its own for a directory that others use as well (also one opened with O_PATH).
[[nodiscard]] Result<DirectoryReader> read_directory(const Descriptor& directory,
                                                     const std::string& name = ".");

}  // namespace sallyport::storage
