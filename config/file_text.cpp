#include "config/file_text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

#include "config/report.hpp"
#include "storage/local/descriptor.hpp"

namespace sallyport::config {
namespace {

Mistake unreadable(const std::filesystem::path& path) {
    return {"cannot read " + quote(path.native()) + ": " + std::generic_category().message(errno)};
}

std::string size_text(std::uintmax_t bytes) {
    return std::to_string(bytes) + " bytes";
}

std::optional<Mistake> check(const struct stat& status, const std::filesystem::path& path,
                             std::uintmax_t max_bytes, Access access) {
    const std::string name = quote(path.native());
    if (!S_ISREG(status.st_mode)) return Mistake{name + " is not a regular file"};
    if (static_cast<std::uintmax_t>(status.st_size) > max_bytes) {
        return Mistake{name + " is too large; at most " + size_text(max_bytes) + " are read"};
    }
    if (access != Access::anybody && (status.st_mode & S_IRWXO) != 0) {
        return Mistake{name + " holds a secret and is accessible to everybody; chmod it to 0600"};
    }
    if (access == Access::owner && (status.st_mode & S_IRWXG) != 0) {
        return Mistake{name + " holds a secret and is accessible to its group; chmod it to 0600"};
    }
    return std::nullopt;
}

Parsed<std::string> read_all(int descriptor, const std::filesystem::path& path,
                             std::uintmax_t max_bytes) {
    std::string text;
    std::array<char, 65536> buffer{};
    while (true) {
        const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return unreadable(path);
        if (count == 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(count));
        if (text.size() > max_bytes) return Mistake{quote(path.native()) + " grows while read"};
    }
}

}  // namespace

Parsed<std::string> read_file(const std::filesystem::path& path, std::uintmax_t max_bytes,
                              Access access) {
    const storage::Descriptor file(
        ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat status {};
    if (!file.is_open() || ::fstat(file.get(), &status) != 0) return unreadable(path);
    if (auto mistake = check(status, path, max_bytes, access)) return std::move(*mistake);
    return read_all(file.get(), path, max_bytes);
}

}  // namespace sallyport::config
