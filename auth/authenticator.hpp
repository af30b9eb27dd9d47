#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/principal.hpp"
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
    Secret password;
    std::string address;   ///< of the client, as text without port
    std::string protocol;  ///< "ftps" or "sftp"
};

/// Why a try failed. For the log only: the client sees the same text and delay for all of them.
enum class Refusal {
    unknown_user,
    wrong_password,
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
    virtual Async<Verdict> authenticate(const Attempt& attempt) = 0;
};

/// Asks providers in order; the first that does not answer `DontKnow` decides. Nobody knows:
/// `unknown_user`.
class Chain final : public Authenticator {
  public:
    explicit Chain(std::vector<std::shared_ptr<Authenticator>> providers);
    Async<Verdict> authenticate(const Attempt& attempt) override;

  private:
    std::vector<std::shared_ptr<Authenticator>> providers_;
};

}  // namespace sallyport::auth
