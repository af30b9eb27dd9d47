#include "storage/spare_name.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <stdexcept>

#include "storage/hex.hpp"
#include "storage/utf8.hpp"
#include "storage/virtual_path.hpp"

namespace sallyport::storage {
namespace {

std::string with_suffix(std::string_view name, std::string_view suffix) {
    return std::string(clip_text(name, max_component_bytes - suffix.size())).append(suffix);
}

}  // namespace

std::string backup_name(std::string_view name, std::uint64_t number) {
    return with_suffix(name, ".~" + std::to_string(number) + "~");
}

std::uint64_t backup_number(std::string_view name, std::string_view candidate) {
    const std::size_t mark = candidate.rfind(".~");
    if (mark == candidate.npos || !candidate.ends_with('~')) return 0;
    std::uint64_t number = 0;
    std::from_chars(candidate.data() + mark + 2, candidate.data() + candidate.size() - 1, number);
    // Comparing the whole name also refuses leading zeros and anything else that is not ours.
    return number != UINT64_MAX && backup_name(name, number) == candidate ? number : 0;
}

std::string unique_name(std::string_view name) {
    return with_suffix(name, "." + random_hex(4));
}

std::string random_hex(std::size_t bytes) {
    std::array<unsigned char, 32> random{};
    const std::span wanted = std::span(random).first(std::min(bytes, random.size()));
    // Up to 256 bytes come whole or not at all.
    if (getrandom(wanted.data(), wanted.size(), 0) != static_cast<ssize_t>(wanted.size())) {
        throw std::runtime_error("the system gives no random bytes");
    }
    return to_hex(wanted);
}

}  // namespace sallyport::storage
