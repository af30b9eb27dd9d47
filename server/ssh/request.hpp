#pragma once

#include <optional>
#include <string>

#include "auth/public_key.hpp"
#include "auth/secret.hpp"
#include "server/ssh/handles.hpp"

/// What requests of a client hold, out of libssh's types. Its pull interface is deprecated in
/// favour of callbacks, which must answer at once and so cannot wait for an authenticator.
namespace sallyport::server::ssh::request {

/// The user that an authentication request names.
[[nodiscard]] std::string user(ssh_message request);
/// The password of a password request.
[[nodiscard]] auth::Secret password(ssh_message request);
/// The key of a public key request; nothing when libssh cannot say.
[[nodiscard]] std::optional<auth::PublicKey> key(ssh_message request);
/// True when the request is signed by that key and the signature is right.
[[nodiscard]] bool is_signed(ssh_message request);

/// What is asked of a person.
enum class Prompt { password, code };
/// Asks it (RFC 4256 section 3.2).
void ask(ssh_message request, Prompt prompt);
/// The one answer to that; nothing when there are more or fewer.
[[nodiscard]] std::optional<auth::Secret> answer(ssh_session session);

/// The name of the subsystem that a channel request asks for.
[[nodiscard]] std::string subsystem(ssh_message request);

}  // namespace sallyport::server::ssh::request
