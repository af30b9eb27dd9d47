#include "storage/local/durable_part.hpp"

#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <fstream>
#include <string_view>

#include "storage/local/errno_map.hpp"
#include "storage/local/file_status.hpp"

namespace sallyport::storage {
namespace {

/// "6aff3b09-55f6-4a1d-b5c5-1b1a45f26cd8 1048576".
constexpr const char* attribute = "user.sallyport.durable";
constexpr std::size_t longest_note = 64;

}  // namespace

std::string this_boot() {
    std::string boot;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
    return boot;
}

void note_durable_part(const Descriptor& file, const std::string& boot, std::uint64_t size) {
    if (boot.empty()) return;
    const std::string note = boot + " " + std::to_string(size);
    static_cast<void>(::fsetxattr(file.get(), attribute, note.data(), note.size(), 0));
}

Result<void> cut_to_durable_part(const Descriptor& file, const std::string& boot) {
    std::array<char, longest_note> buffer{};
    const ssize_t got = ::fgetxattr(file.get(), attribute, buffer.data(), buffer.size());
    if (got <= 0) return {};
    const std::string_view note(buffer.data(), static_cast<std::size_t>(got));
    const auto space = note.find(' ');
    if (space == std::string_view::npos || note.substr(0, space) == boot) return {};
    std::uint64_t size = 0;
    std::from_chars(note.data() + space + 1, note.data() + note.size(), size);
    const auto now = status_of(file);
    if (!now) return now.error();
    if (size >= now->size) return {};
    return outcome(::ftruncate(file.get(), static_cast<off_t>(size)));
}

void forget_durable_part(const Descriptor& file) {
    ::fremovexattr(file.get(), attribute);
}

}  // namespace sallyport::storage
