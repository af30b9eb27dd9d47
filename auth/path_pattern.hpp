#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "storage/virtual_path.hpp"

namespace sallyport::auth {

/// Why a text is no pattern: a sentence part in lower case for whoever wrote it.
struct PatternProblem {
    std::string sentence;
};

/// Called by `value()` on a pattern that was refused: throws std::runtime_error.
[[noreturn]] void throw_exception_from_error(const PatternProblem& problem,
                                             const boost::source_location& where);

/// What keeps `text` from being a pattern for one name; empty when nothing does. In it '*' is any
/// run of bytes, '?' one byte, all else itself. Brackets and braces, which other tools give a
/// meaning to, are refused: taken for themselves they would match nothing, without a word.
[[nodiscard]] std::string objection_to_name_pattern(std::string_view text);

/// Paths of one user: "/in/*.csv", "/reports/**". Between slashes stand patterns for names, see
/// `objection_to_name_pattern`; "**" stands for any number of names, none included, so that
/// "/reports/**" is "/reports" and all that is below it. Immutable; thread-safe.
class PathPattern {
  public:
    [[nodiscard]] static boost::system::result<PathPattern, PatternProblem> parse(
        std::string_view text);

    [[nodiscard]] const std::string& str() const { return text_; }
    [[nodiscard]] bool matches(const storage::VirtualPath& path) const;
    /// Could this match something below `directory`, itself not counted?
    [[nodiscard]] bool may_match_below(const storage::VirtualPath& directory) const;
    /// Does this match everything below `directory`?
    [[nodiscard]] bool matches_all_below(const storage::VirtualPath& directory) const;
    /// Is there a path that both match?
    [[nodiscard]] bool overlaps(const PathPattern& other) const;

    /// `less`: `a` is less specific. Name by name from the left, the first difference decides: a
    /// plain name is more specific than one with wildcards, that more than the end of the pattern,
    /// and the end more than "**". Of two names with wildcards the one with more other bytes is
    /// more specific, then the one with fewer '*'.
    [[nodiscard]] static std::weak_ordering by_specificity(const PathPattern& a,
                                                           const PathPattern& b);

  private:
    explicit PathPattern(std::string text);
    /// For each number of leading names of the pattern: can they match exactly `path`?
    [[nodiscard]] std::vector<bool> matched_by(const storage::VirtualPath& path) const;

    std::string text_;
    std::vector<std::string> names_;
};

}  // namespace sallyport::auth
