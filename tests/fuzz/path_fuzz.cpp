// Paths from clients, and the patterns of rules that are held against them.

#include <cstdint>

#include "auth/path_pattern.hpp"
#include "storage/utf8.hpp"
#include "tests/fuzz/require.hpp"

namespace sallyport::fuzz {
namespace {

using storage::VirtualPath;

void look_at(const VirtualPath& path) {
    const std::string& text = path.str();
    require(text.starts_with('/'), "a path begins with a slash");
    require(text.size() == 1 || !text.ends_with('/'), "only the root ends with one");
    require((text + "/").find("/../") == text.npos && (text + "/").find("/./") == text.npos,
            "no part of a path is . or ..");
    require(text.find("//") == text.npos, "no part of a path is empty");
    require(storage::is_acceptable_text(text), "a path is text that deceives nobody");
    require(text.size() <= storage::max_path_bytes, "a path is not too long");
    require((text + "/").find("/.sallyport/") == text.npos,
            "the storage's own name is not among its parts");
    require(VirtualPath::parse(text) == path, "a path is canonical");
    require(path.is_within(path.parent()), "a path lies within its parent");
}

void hold_against(const auth::PathPattern& pattern, const VirtualPath& path) {
    const auth::PathPattern everything = auth::PathPattern::parse("/**").value();
    require(everything.matches(path), "/** is every path");
    require(pattern.overlaps(pattern), "a pattern overlaps with itself");
    require(pattern.overlaps(everything), "and with /**");
    require(auth::PathPattern::by_specificity(pattern, pattern) == 0,
            "and is as specific as itself");
    if (!path.is_root() && pattern.matches(path)) {
        require(pattern.may_match_below(path.parent()),
                "what matches a path may match below its parent");
    }
    if (pattern.matches_all_below(path)) {
        require(pattern.may_match_below(path), "what matches all may match something");
        const auto child = path.child("x");
        require(!child || pattern.matches(*child), "what matches all below matches a child");
    }
}

}  // namespace
}  // namespace sallyport::fuzz

/// The first line is a path, the second a pattern.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sallyport;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(text.find('\n'), text.size());
    const auto base = storage::VirtualPath::parse("/some/folder").value();
    const auto path = storage::VirtualPath::parse(text.substr(0, end), base);
    if (!path) return 0;
    fuzz::look_at(*path);
    const auto pattern = auth::PathPattern::parse(text.substr(std::min(end + 1, text.size())));
    if (pattern) fuzz::hold_against(*pattern, *path);
    return 0;
}
