#include "config/suggest.hpp"

#include <algorithm>
#include <vector>

#include "config/report.hpp"

namespace sallyport::config {
namespace {

/// Longer words are not compared: nobody's misspelling, and the work grows with the product of
/// lengths.
constexpr std::size_t max_compared_bytes = 64;

/// One letter in three may be wrong.
std::size_t tolerated(std::string_view word) {
    return std::max<std::size_t>(1, word.size() / 3);
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> cost(a.size() + 1,
                                               std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replace = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
            cost[i][j] = std::min({replace, cost[i - 1][j] + 1, cost[i][j - 1] + 1});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[a.size()][b.size()];
}

std::string did_you_mean(std::string_view word, std::span<const std::string> known) {
    if (word.size() > max_compared_bytes) return {};
    std::size_t best = tolerated(word) + 1;
    std::string_view nearest;
    for (const std::string& candidate : known) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance >= best || distance >= candidate.size()) continue;
        best = distance;
        nearest = candidate;
    }
    return nearest.empty() ? std::string() : " (did you mean " + quote(nearest) + "?)";
}

}  // namespace sallyport::config
