#include "server/cli/new_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <system_error>

namespace sallyport::cli {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, int error) {
    const std::string reason =
        error == EEXIST ? "it exists already" : std::generic_category().message(error);
    throw std::runtime_error(fmt::format("cannot make {}: {}", file.string(), reason));
}

/// 0 or an errno value.
int write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) return errno;
        if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
}

}  // namespace

void write_new_file(const std::filesystem::path& file, std::string_view bytes, mode_t mode) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor < 0) fail(file, errno);
    int error = write_all(descriptor, bytes);
    if (::close(descriptor) != 0 && error == 0) error = errno;
    if (error == 0) return;
    ::unlink(file.c_str());
    fail(file, error);
}

void replace_file(const std::filesystem::path& file, std::string_view bytes, mode_t mode) {
    std::filesystem::path fresh = file;
    fresh += ".new";
    ::unlink(fresh.c_str());
    write_new_file(fresh, bytes, mode);
    if (::rename(fresh.c_str(), file.c_str()) != 0) fail(file, errno);
}

}  // namespace sallyport::cli
