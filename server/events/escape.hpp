#pragma once

#include <string>
#include <string_view>

namespace sallyport::events {

/// Longest client text kept in one event field, in bytes; the rest becomes "...". Stops log
/// flooding.
inline constexpr std::size_t max_field_bytes = 1024;

/// Makes client bytes harmless in logs, terminals and JSON: C0, DEL, C1, bidirectional controls,
/// line and paragraph separators and invalid UTF-8 become "\xNN", a backslash becomes "\\", longer
/// text is cut.
[[nodiscard]] std::string escape(std::string_view client_bytes);

}  // namespace sallyport::events
