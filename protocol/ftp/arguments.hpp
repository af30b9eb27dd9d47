#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "protocol/ftp/outcome.hpp"
#include "protocol/ftp/session_state.hpp"

/// Small parsers and shapes that the verbs share.
namespace sallyport::ftp {

/// What a verb does to the one path that is its argument.
using PathTask = Async<Reply> (*)(storage::Volume&, storage::VirtualPath);

/// Resolves `argument` against the working directory and runs `task` on it; 501 without argument,
/// 553 for a name that cannot be.
[[nodiscard]] Outcome on_path(const SessionState& state, std::string_view argument, PathTask task);

/// An unsigned decimal number, digits only.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text);
/// Permission bits as one to four octal digits.
[[nodiscard]] std::optional<std::uint32_t> parse_mode(std::string_view text);

struct Words {
    std::string_view first;
    std::string_view rest;  ///< empty when there is only one word
};
/// Splits at the first space.
[[nodiscard]] Words split_word(std::string_view text);

[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace sallyport::ftp
