#include "server/events/line_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace sallyport::events {
namespace {

/// How soon a waiting writer notices `hurry`, in milliseconds.
constexpr int look_up_ms = 100;
/// How long a hurried writer waits for its reader, in milliseconds.
constexpr int last_wait_ms = 1000;

[[noreturn]] void fail(std::string_view what) {
    const std::string reason = std::generic_category().message(errno);
    throw std::runtime_error(fmt::format("cannot open {}: {}", what, reason));
}

int open_to_append(const std::filesystem::path& path) {
    return ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);
}

bool is_regular(int descriptor) {
    struct stat status {};
    return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

bool worth_another_try(int error) {
    return error == EINTR || error == EAGAIN;
}

}  // namespace

LineFile LineFile::open(const std::filesystem::path& path) {
    const int descriptor = open_to_append(path);
    if (descriptor < 0) fail(path.string());
    return LineFile(descriptor, path);
}

std::optional<std::string> LineFile::reopen() {
    if (path_.empty()) return std::nullopt;
    const int descriptor = open_to_append(path_);
    if (descriptor < 0) return std::generic_category().message(errno);
    ::close(std::exchange(descriptor_, descriptor));
    regular_ = is_regular(descriptor_);
    torn_ = false;
    return std::nullopt;
}

LineFile LineFile::standard_error() {
    const int descriptor = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0) fail("standard error");
    return LineFile(descriptor);
}

LineFile::LineFile(int descriptor, std::filesystem::path path)
    : descriptor_(descriptor), path_(std::move(path)), regular_(is_regular(descriptor)) {}

LineFile::LineFile(LineFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      regular_(other.regular_),
      torn_(other.torn_),
      abandoned_(other.abandoned_),
      hurried_(other.hurried_.load()),
      buffer_(std::move(other.buffer_)) {}

LineFile::~LineFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

bool LineFile::append(std::string_view line) {
    buffer_.clear();
    if (torn_) buffer_ += '\n';
    buffer_ += line;
    buffer_ += '\n';
    const std::string_view rest = write_some(buffer_);
    if (rest.size() < buffer_.size()) torn_ = !rest.empty();
    return rest.empty();
}

std::string_view LineFile::write_some(std::string_view bytes) {
    // A pipe that polls as writable takes PIPE_BUF bytes without blocking, and no more than that
    // for sure.
    const std::size_t most = regular_ ? bytes.size() : PIPE_BUF;
    while (!bytes.empty() && wait_until_writable()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), std::min(bytes.size(), most));
        if (written > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
        } else if (written == 0 || !worth_another_try(errno)) {
            break;
        }
    }
    return bytes;
}

bool LineFile::wait_until_writable() {
    while (!abandoned_) {
        const bool last = hurried_;
        pollfd request{descriptor_, POLLOUT, 0};
        const int ready = ::poll(&request, 1, last ? last_wait_ms : look_up_ms);
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
        abandoned_ = last && ready == 0;
    }
    return false;
}

}  // namespace sallyport::events
