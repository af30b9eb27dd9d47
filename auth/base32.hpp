#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/secret.hpp"

namespace sallyport::auth {

/// RFC 4648 section 6 in upper case, without padding: how one-time-code secrets are written.
[[nodiscard]] Secret to_base32(const Secret& bytes);

/// The bytes of such a text. Lower case, spaces and hyphens between groups, and padding are taken
/// too, since people type what a screen shows. Nothing for other characters, and for lengths that
/// no encoding has.
[[nodiscard]] std::optional<Secret> from_base32(std::string_view text);

}  // namespace sallyport::auth
