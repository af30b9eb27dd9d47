#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::config {

/// Letters to insert, delete, replace or swap with their neighbour to get from `a` to `b`.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// ` (did you mean "nearest"?)` with the known word that `word` is probably a misspelling of, else
/// nothing.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string> known);

}  // namespace sallyport::config
