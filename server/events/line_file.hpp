#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::events {

/// A file, pipe or terminal that takes whole lines. A failure costs the line, not the process: no
/// exception, no signal as long as the calling thread blocks SIGPIPE. One thread appends; `hurry`
/// is for any thread.
class LineFile {
  public:
    /// Appends to `path`, which is made with mode 0640 if missing. Throws std::runtime_error with
    /// one sentence when it cannot be opened.
    static LineFile open(const std::filesystem::path& path);
    /// Standard error as it is now; later redirections of descriptor 2 are not followed.
    static LineFile standard_error();

    LineFile(LineFile&& other) noexcept;
    LineFile(const LineFile&) = delete;
    LineFile& operator=(const LineFile&) = delete;
    LineFile& operator=(LineFile&&) = delete;
    ~LineFile();

    /// Opens the file of that path anew. Why not, if not; then the old one stays in use. Standard
    /// error stays what it is.
    [[nodiscard]] std::optional<std::string> reopen();

    /// Writes `line` and a line break. Waits for a reader that does not read. False when the line
    /// is lost, or only a part of it got out; the next line then starts on a line of its own.
    [[nodiscard]] bool append(std::string_view line);

    /// From now on a reader that does not read for a second is given up.
    void hurry() noexcept { hurried_ = true; }

  private:
    explicit LineFile(int descriptor, std::filesystem::path path = {});
    [[nodiscard]] bool wait_until_writable();
    [[nodiscard]] std::string_view write_some(std::string_view bytes);

    int descriptor_;
    std::filesystem::path path_;  ///< empty: standard error
    bool regular_ = false;
    bool torn_ = false;       ///< the file ends in the middle of a line
    bool abandoned_ = false;  ///< hurried, and the reader did not read
    std::atomic<bool> hurried_ = false;
    std::string buffer_;
};

}  // namespace sallyport::events
