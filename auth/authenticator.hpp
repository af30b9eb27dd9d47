#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "auth/certificate.hpp"
#include "auth/method.hpp"
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

/// What a client brings to show who it is. All that is set is judged together.
struct Proofs {
    std::optional<Secret> password;
    /// The key of a client that has proved by a verified signature, in this session and for this
    /// user, that it holds the private half. A key without that proof is a `KeyOffer`.
    std::optional<PublicKey> key;
    std::optional<Certificate> certificate;
    std::optional<Secret> code;  ///< a one-time code
    /// The protocol has one field for both: who needs a code writes it behind the password.
    bool code_follows_password = false;
};

/// Methods that the proofs are of, whether or not they are right.
[[nodiscard]] Methods methods_of(const Proofs& proofs);

/// What earlier attempts of the same session have proved for the same user: taken from the
/// `Partial` that answered the last of them, and from nowhere else.
struct Progress {
    Methods shown;
    std::size_t provider = 0;  ///< of the chain: the one that said so, and now decides alone
};

/// One try to log in.
struct Attempt {
    std::string user;
    Proofs proofs;
    std::string address;    ///< of the client, as text without port
    std::string protocol;   ///< "ftps" or "sftp"
    Progress progress;      ///< empty at first
    std::string session{};  ///< by which the log knows it

    /// False when only a certificate is shown. TLS clients show theirs to everybody, so one that is
    /// not accepted is no failed try: not reported, not penalised.
    [[nodiscard]] bool is_try() const;
};

/// A key that a client has only named, to hear whether a signature is worth its while (RFC 4252
/// section 7). It proves nothing: a type of its own, so that it is never taken for an `Attempt`.
struct KeyOffer {
    std::string user;
    PublicKey key;
    std::string address;    ///< as in `Attempt`
    std::string protocol;   ///< as in `Attempt`
    Progress progress;      ///< as in `Attempt`
    std::string session{};  ///< as in `Attempt`
};

/// A password that crossed the network in clear, so that others may know it. Nobody is logged in by
/// it: a type of its own, as for `KeyOffer`.
struct ExposedPassword {
    std::string user;
    Secret password;        ///< a one-time code may follow it, as in `Proofs`
    std::string address;    ///< as in `Attempt`
    std::string protocol;   ///< as in `Attempt`
    std::string session{};  ///< as in `Attempt`
};

/// Why a try failed. For the log only: the client sees the same text and delay for all of them.
enum class Refusal {
    unknown_user,
    wrong_password,
    wrong_key,
    wrong_certificate,
    wrong_code,
    used_code,     ///< right, but somebody has logged in with it before
    wrong_method,  ///< right, but not a way in for this user
    disabled,
    expired,
    wrong_address,
    wrong_protocol,
    outside_hours,
    exposed,  ///< right, but locked since it crossed a network in clear
    malformed,
    overloaded,
    failed
};
[[nodiscard]] std::string_view describe(Refusal refusal);

/// A provider that does not know the user: the next one in the chain is asked.
struct DontKnow {};

/// What was brought is right, but not enough. Not said to those who could not log in anyway.
struct Partial {
    Principal candidate;  ///< who it will be; `shown`: what has been proved so far
    Combinations rest;    ///< what is still to be shown: all of any one of these; never empty
    Progress progress;    ///< for the next attempt of this session
};

using Verdict = std::variant<DontKnow, Principal, Partial, Refusal>;

/// Why the verdict lets nobody in, for the log.
[[nodiscard]] std::string reason_of(const Verdict& verdict);

/// Who a signature by the key that was offered would make of the client, who has not proved it yet.
struct Candidate {
    Principal principal;
};

/// What becomes of a key that was offered: a `Candidate` when a signature by it would be accepted
/// at this moment, as a login or as a part of one.
using KeyAnswer = std::variant<DontKnow, Candidate, Refusal>;

/// An exposed password that was right, whether or not its user could log in with it now.
struct Burned {
    /// As `PasswordLocks::digest_of` makes it; empty when the provider does not show its hashes, so
    /// that a lock could not tell when the password has been changed.
    std::string hash_digest;
};

using ExposureAnswer = std::variant<DontKnow, Burned, Refusal>;

/// Decides who somebody is. Implementations are safe for concurrent use from several threads and
/// never block the caller's thread. Equal work for unknown, disabled and wrong. They keep nothing
/// about sessions: what was proved before comes with each attempt.
///
/// Wrappers that decide more (whether the user may come in now, whether the address has failed too
/// often) look at `Partial` as they look at `Principal`, and pass `progress` on unchanged.
class Authenticator {
  public:
    virtual ~Authenticator() = default;
    /// `attempt` must live until it has been answered.
    virtual Async<Verdict> authenticate(const Attempt& attempt) = 0;
    /// `offer` must live until it has been answered.
    virtual Async<KeyAnswer> judge_key(const KeyOffer& offer) = 0;
    /// Was this password right? At the cost of a login. `password` must live until it has been
    /// answered.
    virtual Async<ExposureAnswer> judge_exposed(const ExposedPassword& password) = 0;
    /// True when a signature by the key would be accepted; nobody is logged in by that. `offer`
    /// must live until it has been answered.
    Async<bool> accepts_key(const KeyOffer& offer);
};

/// Asks providers in order; the first that knows the user decides, and decides about the rest of a
/// login that it has let begin. Nobody knows: `unknown_user`, and no key is accepted.
class Chain final : public Authenticator {
  public:
    explicit Chain(std::vector<std::shared_ptr<Authenticator>> providers);
    Async<Verdict> authenticate(const Attempt& attempt) override;
    Async<KeyAnswer> judge_key(const KeyOffer& offer) override;
    Async<ExposureAnswer> judge_exposed(const ExposedPassword& password) override;

  private:
    /// Those that may decide: all, or the one that has let this login begin.
    [[nodiscard]] std::pair<std::size_t, std::size_t> range(const Progress& progress) const;

    std::vector<std::shared_ptr<Authenticator>> providers_;
};

}  // namespace sallyport::auth
