#include "protocol/ftp/arguments.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace sallyport::ftp {
namespace {

template <class Number>
std::optional<Number> parse_whole(std::string_view text, int base) {
    Number value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, base);
    if (error != std::errc() || stop != end) return std::nullopt;
    return value;
}

}  // namespace

Outcome on_path(const SessionState& state, std::string_view argument, PathTask task) {
    if (argument.empty()) return reply(501, "A path is needed.");
    auto path = storage::VirtualPath::parse(argument, state.directory);
    if (!path) return reply_to(path.error());
    return FileTask{[task, path = *path](storage::Volume& volume) { return task(volume, path); }};
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
    return parse_whole<std::uint64_t>(text, 10);
}

std::optional<std::uint32_t> parse_mode(std::string_view text) {
    if (text.empty() || text.size() > 4) return std::nullopt;
    return parse_whole<std::uint32_t>(text, 8);
}

Words split_word(std::string_view text) {
    const auto space = text.find(' ');
    if (space == text.npos) return {text, {}};
    return {text.substr(0, space), text.substr(space + 1)};
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace sallyport::ftp
