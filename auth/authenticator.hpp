#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/principal.hpp"
#include "auth/public_key.hpp"
#include "auth/secret.hpp"
#include "storage/async.hpp"

namespace sallyport::auth {

/// Longest user name looked at, in bytes. A longer one cannot exist and is not logged in full.
inline constexpr std::size_t max_user_bytes = 64;

/// True for what a user can be called: 1 to `max_user_bytes` ASCII letters, digits, '.', '_', '-',
/// '@' and '+', not beginning with '.' or '-'. Such a name is safe in logs and as a folder.
[[nodiscard]] bool is_user_name(std::string_view text);

/// Longest password looked at, in bytes. Stops hashing of megabytes (compare CVE-2016-6210).
inline constexpr std::size_t max_password_bytes = 1024;

/// One try to log in.
struct Attempt {
    std::string user;
    /// A password; or the key of a client that has proved by a verified signature, in this session
    /// and for this user, that it holds the private half. A key without that proof is a `KeyOffer`.
    std::variant<Secret, PublicKey> credential;
    std::string address;   ///< of the client, as text without port
    std::string protocol;  ///< "ftps" or "sftp"
};

/// A key that a client has only named, to hear whether a signature is worth its while (RFC 4252
/// section 7). It proves nothing: a type of its own, so that it is never taken for an `Attempt`.
struct KeyOffer {
    std::string user;
    PublicKey key;
    std::string address;  ///< of the client, as text without port
};

/// What becomes of a key that was offered.
enum class KeyAnswer {
    dont_know,  ///< not known whose it would be: the next provider in the chain is asked
    refused,
    accepted,  ///< a login with a signature by this key would succeed at this moment
};

/// Why a try failed. For the log only: the client sees the same text and delay for all of them.
enum class Refusal {
    unknown_user,
    wrong_password,
    wrong_key,
    disabled,
    expired,
    malformed,
    overloaded,
    failed
};
[[nodiscard]] std::string_view describe(Refusal refusal);

/// A provider that does not know the user: the next one in the chain is asked.
struct DontKnow {};

using Verdict = std::variant<DontKnow, Principal, Refusal>;

/// Decides who somebody is. Implementations are safe for concurrent use from several threads and
/// never block the caller's thread. Equal work for unknown, disabled and wrong.
class Authenticator {
  public:
    virtual ~Authenticator() = default;
    /// `attempt` must live until it has been answered.
    virtual Async<Verdict> authenticate(const Attempt& attempt) = 0;
    /// `offer` must live until it has been answered.
    virtual Async<KeyAnswer> judge_key(const KeyOffer& offer) = 0;
    /// True when a signature by the key would be accepted; nobody is logged in by that. `offer`
    /// must live until it has been answered.
    Async<bool> accepts_key(const KeyOffer& offer);
};

/// Asks providers in order; the first that knows the user decides. Nobody knows: `unknown_user`,
/// and no key is accepted.
class Chain final : public Authenticator {
  public:
    explicit Chain(std::vector<std::shared_ptr<Authenticator>> providers);
    Async<Verdict> authenticate(const Attempt& attempt) override;
    Async<KeyAnswer> judge_key(const KeyOffer& offer) override;

  private:
    std::vector<std::shared_ptr<Authenticator>> providers_;
};

}  // namespace sallyport::auth
