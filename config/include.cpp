#include "config/include.hpp"

#include <glob.h>

#include <cerrno>
#include <string_view>

namespace sallyport::config {
namespace {

constexpr std::string_view wildcards = "*?[";

/// The folder that all matches of a pattern lie in: what comes before its first wildcard.
std::filesystem::path folder_of(std::string_view pattern) {
    return std::filesystem::path(pattern.substr(0, pattern.find_first_of(wildcards))).parent_path();
}

/// `text` with nothing in it that glob(3) would expand.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\\' || wildcards.find(c) != std::string_view::npos) result += '\\';
        result += c;
    }
    return result;
}

/// A folder that is not there holds no matches; one that cannot be read might.
int stop_unless_absent(const char* /*folder*/, int error) {
    return error == ENOENT || error == ENOTDIR ? 0 : 1;
}

struct Matches {
    Matches() = default;
    ~Matches() { ::globfree(&found); }
    Matches(const Matches&) = delete;
    Matches& operator=(const Matches&) = delete;
    ::glob_t found{};
};

}  // namespace

std::vector<std::filesystem::path> expand_include(const Include& include,
                                                  const std::filesystem::path& folder,
                                                  Report& report) {
    const bool literal = include.pattern.find_first_of(wildcards) == std::string::npos;
    if (literal) return {(folder / include.pattern).lexically_normal()};
    report.uses_folder(folder / folder_of(include.pattern));
    const bool absolute = include.pattern.starts_with('/');
    const std::string base = absolute || folder.empty() ? "" : escaped(folder.native()) + "/";
    Matches matches;
    const int status =
        ::glob((base + include.pattern).c_str(), 0, stop_unless_absent, &matches.found);
    if (status == GLOB_NOMATCH) return {};
    if (status != 0) {
        report.error(include.at, "cannot read the folder of " + quote(include.pattern));
        return {};
    }
    if (matches.found.gl_pathc > max_included_files) {
        report.error(include.at, quote(include.pattern) + " matches too many files; at most " +
                                     std::to_string(max_included_files) + " can be included");
        return {};
    }
    std::vector<std::filesystem::path> files;
    for (std::size_t i = 0; i < matches.found.gl_pathc; ++i) {
        files.push_back(std::filesystem::path(matches.found.gl_pathv[i]).lexically_normal());
    }
    return files;
}

}  // namespace sallyport::config
