#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::auth {

/// True for the types of public keys that users may have; all others are refused. Thread-safe.
[[nodiscard]] bool is_accepted_key_type(std::string_view name);

/// Their names, for messages: "ssh-ed25519, ...".
[[nodiscard]] std::string accepted_key_types();

/// What keeps `blob` from being a key of this type in its canonical encoding (RFC 4253 section 6.6,
/// RFC 5656 section 3.1, RFC 8709 section 4, OpenSSH's PROTOCOL.u2f): a sentence part for the
/// operator; nothing when all is well. The bytes may be hostile. Thread-safe.
[[nodiscard]] std::optional<std::string> objection_to_key(std::string_view type,
                                                          std::string_view blob);

}  // namespace sallyport::auth
