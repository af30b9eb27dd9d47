#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "config/report.hpp"
#include "config/value.hpp"
#include "config/values.hpp"

namespace sallyport::config {

/// Longest secret kept outside the configuration, in bytes. Stops a mistaken path to a huge file.
inline constexpr std::uintmax_t max_secret_bytes = 4096;

/// The secret that `text` stands for: the contents of PATH for "file:PATH", of the variable for
/// "env:NAME", without one trailing newline; else `text` itself. A relative PATH begins at `base`;
/// the file must not be accessible to others, and `report` learns of it. No mistake holds the
/// secret.
[[nodiscard]] Parsed<std::string> resolve_secret(std::string_view text,
                                                 const std::filesystem::path& base, Report& report);

/// What may be shown of a secret: where it is kept, else only that there is one.
[[nodiscard]] Value mask_secret(Value value);

}  // namespace sallyport::config
