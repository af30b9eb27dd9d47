#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "storage/local/descriptor.hpp"

/// What is kept from one process to the next, in `server.state_dir`.
namespace sallyport::server::state {

/// Puts `bytes` in the place of what is in `file`, at once and durably, for the owner alone; makes
/// its folder, if there is none. A sentence on failure; the old contents are still there then.
/// Blocks. Not by two threads at once for one file.
[[nodiscard]] std::optional<std::string> replace_file(const std::filesystem::path& file,
                                                      std::string_view bytes);

/// The sentence for what has just failed, from errno.
[[nodiscard]] std::string cannot_write(const std::filesystem::path& file);

/// `folder`, which is made if there is none, held against other processes that would hold it, too,
/// for as long as this object lives. The constructor waits for them.
class HeldFolder {
  public:
    explicit HeldFolder(const std::filesystem::path& folder);
    [[nodiscard]] bool is_held() const { return folder_.is_open(); }

  private:
    storage::Descriptor folder_;
};

}  // namespace sallyport::server::state
