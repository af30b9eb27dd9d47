#include "auth/path_pattern.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "storage/glob.hpp"
#include "storage/utf8.hpp"

namespace sallyport::auth {
namespace {

constexpr std::string_view any_names = "**";

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> names;
    while (!text.empty()) {
        text.remove_prefix(1);
        const std::size_t end = std::min(text.find('/'), text.size());
        if (!text.empty()) names.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return names;
}

/// Two sequences of elements, some of which stand for a run of any others.
struct Pair {
    std::size_t sizes[2];
    /// Does element `at` of sequence `which` stand for a run?
    std::function<bool(int which, std::size_t at)> is_run;
    /// Can these elements of the first and the second, neither a run, be the same?
    std::function<bool(std::size_t, std::size_t)> compatible;
};

/// Is there a sequence that both describe? Visits each pair of places once.
bool overlap(const Pair& pair) {
    const std::size_t width = pair.sizes[1] + 1;
    std::vector<bool> seen((pair.sizes[0] + 1) * width);
    std::vector<std::size_t> open{0};
    while (!open.empty()) {
        const std::size_t place = open.back();
        open.pop_back();
        if (seen[place]) continue;
        seen[place] = true;
        const std::size_t a = place / width;
        const std::size_t b = place % width;
        const bool a_ends = a == pair.sizes[0];
        const bool b_ends = b == pair.sizes[1];
        if (a_ends && b_ends) return true;
        const bool a_runs = !a_ends && pair.is_run(0, a);
        const bool b_runs = !b_ends && pair.is_run(1, b);
        if (a_runs) open.push_back(place + width);
        if (b_runs) open.push_back(place + 1);
        if (a_ends || b_ends || (a_runs && b_runs)) continue;
        if (a_runs || b_runs || pair.compatible(a, b)) {
            open.push_back(place + (a_runs ? 0 : width) + (b_runs ? 0 : 1));
        }
    }
    return false;
}

bool names_overlap(std::string_view a, std::string_view b) {
    const std::string_view names[] = {a, b};
    return overlap({{a.size(), b.size()},
                    [&names](int which, std::size_t at) { return names[which][at] == '*'; },
                    [a, b](std::size_t i, std::size_t j) {
                        return a[i] == b[j] || a[i] == '?' || b[j] == '?';
                    }});
}

/// How much one name of a pattern says; compared in this order.
struct Weight {
    enum Kind { any_number, end, wildcards, plain };
    Kind kind;
    std::size_t other_bytes;
    std::ptrdiff_t stars;  ///< negated
    auto operator<=>(const Weight&) const = default;
};

Weight weight_of(const std::vector<std::string>& names, std::size_t at) {
    if (at >= names.size()) return {Weight::end, 0, 0};
    const std::string& name = names[at];
    if (name == any_names) return {Weight::any_number, 0, 0};
    const auto stars = std::count(name.begin(), name.end(), '*');
    const auto wild = stars + std::count(name.begin(), name.end(), '?');
    if (wild == 0) return {Weight::plain, 0, 0};
    return {Weight::wildcards, name.size() - static_cast<std::size_t>(wild), -stars};
}

std::string objection_to(const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string& name = names[i];
        if (name == any_names) {
            if (i > 0 && names[i - 1] == any_names) return "\"**\" stands twice in a row";
            continue;
        }
        if (name == "." || name == ".." || name.empty()) {
            return "no path has an empty, \".\" or \"..\" part, and none ends with '/'";
        }
        if (name.find(any_names) != std::string::npos) {
            return "\"**\" stands for whole names; write it between slashes, as in \"/in/**\"";
        }
        if (auto objection = objection_to_name_pattern(name); !objection.empty()) return objection;
    }
    return {};
}

}  // namespace

void throw_exception_from_error(const PatternProblem& problem, const boost::source_location&) {
    throw std::runtime_error("not a pattern: " + problem.sentence);
}

std::string objection_to_name_pattern(std::string_view text) {
    if (text.empty()) return "it is empty";
    if (text.size() > storage::max_component_bytes) return "it is longer than a name can be";
    if (text.find('/') != text.npos) return "a name has no '/'";
    if (text.find_first_of("[]{}\\") != text.npos) {
        return "brackets, braces and backslashes have no meaning here; write '?' for one byte, '*' "
               "for any";
    }
    if (!storage::is_acceptable_text(text)) return "no name has such characters";
    return {};
}

boost::system::result<PathPattern, PatternProblem> PathPattern::parse(std::string_view text) {
    if (!text.starts_with('/')) return PatternProblem{"a path begins with '/'"};
    if (text.size() > storage::max_path_bytes) {
        return PatternProblem{"it is longer than a path can be"};
    }
    PathPattern pattern{std::string(text)};
    if (text.size() > 1 && text.ends_with('/')) pattern.names_.emplace_back();
    if (auto objection = objection_to(pattern.names_); !objection.empty()) {
        return PatternProblem{std::move(objection)};
    }
    return pattern;
}

PathPattern::PathPattern(std::string text) : text_(std::move(text)), names_(split(text_)) {}

std::vector<bool> PathPattern::matched_by(const storage::VirtualPath& path) const {
    const auto step_over_runs = [this](std::vector<bool>& places) {
        for (std::size_t i = 0; i < names_.size(); ++i) {
            if (places[i] && names_[i] == any_names) places[i + 1] = true;
        }
    };
    std::vector<bool> places(names_.size() + 1);
    places[0] = true;
    step_over_runs(places);
    for (const std::string& name : split(path.is_root() ? "" : path.str())) {
        std::vector<bool> next(places.size());
        for (std::size_t i = 0; i < names_.size(); ++i) {
            if (!places[i]) continue;
            if (names_[i] == any_names) {
                next[i] = true;
            } else if (storage::matches_glob(names_[i], name)) {
                next[i + 1] = true;
            }
        }
        step_over_runs(next);
        places = std::move(next);
    }
    return places;
}

bool PathPattern::matches(const storage::VirtualPath& path) const {
    return matched_by(path).back();
}

bool PathPattern::may_match_below(const storage::VirtualPath& directory) const {
    const auto places = matched_by(directory);
    return std::find(places.begin(), places.end() - 1, true) != places.end() - 1;
}

bool PathPattern::matches_all_below(const storage::VirtualPath& directory) const {
    if (names_.empty() || names_.back() != any_names) return false;
    return matched_by(directory)[names_.size() - 1];
}

bool PathPattern::overlaps(const PathPattern& other) const {
    const std::vector<std::string>* const sides[] = {&names_, &other.names_};
    return overlap(
        {{names_.size(), other.names_.size()},
         [&sides](int which, std::size_t at) { return (*sides[which])[at] == any_names; },
         [this, &other](std::size_t a, std::size_t b) {
             return names_overlap(names_[a], other.names_[b]);
         }});
}

std::weak_ordering PathPattern::by_specificity(const PathPattern& a, const PathPattern& b) {
    const std::size_t longest = std::max(a.names_.size(), b.names_.size());
    for (std::size_t i = 0; i < longest; ++i) {
        const auto order = weight_of(a.names_, i) <=> weight_of(b.names_, i);
        if (order != 0) return order;
    }
    return std::weak_ordering::equivalent;
}

}  // namespace sallyport::auth
