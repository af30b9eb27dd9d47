#pragma once

#include <stdexcept>

#include "auth/secret.hpp"

namespace sallyport::cli {

/// Longest password taken, in bytes. Longer ones are refused unhashed by the server as well.
inline constexpr std::size_t max_password_bytes = 1024;

/// A new password from standard input: from a terminal asked for twice without echo, otherwise the
/// first line without its line break. Echo comes back whatever ends the reading: an answer, an
/// error or a signal. Throws std::runtime_error with one sentence for an empty, over-long or
/// NUL-holding password, and for two answers that differ.
[[nodiscard]] auth::Secret read_new_password();

}  // namespace sallyport::cli
