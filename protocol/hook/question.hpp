#pragma once

#include <optional>

#include "auth/authenticator.hpp"

/// What the server and an authentication hook say to each other: JSON, described in
/// docs/http-hook.md.
namespace sallyport::hook {

/// The body of a request. It may hold a password, so it is a secret itself. Nothing when it would
/// hold control characters or what is not UTF-8, see `storage::is_acceptable_text`.
[[nodiscard]] std::optional<auth::Secret> question(const auth::Attempt& attempt);
[[nodiscard]] std::optional<auth::Secret> question(const auth::KeyOffer& offer);
[[nodiscard]] std::optional<auth::Secret> question(const auth::ExposedPassword& password);

}  // namespace sallyport::hook
