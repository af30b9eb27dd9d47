#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/report.hpp"
#include "config/value.hpp"

namespace sallyport::config {

/// Longest line of a configuration file, in bytes. Stops dotted keys so deep that the TOML parser,
/// which recurses over them, runs out of stack.
inline constexpr std::size_t max_line_bytes = 8192;
/// Deepest nesting that is looked at; no key lies deeper.
inline constexpr int max_table_depth = 8;

/// Parses the text of `file`. Nothing when it is not TOML: the report then says where. Members come
/// in the order of the text. The only place that uses toml++.
[[nodiscard]] std::optional<Table> parse_document(std::string_view text, const std::string& file,
                                                  Report& report);

}  // namespace sallyport::config
