#pragma once

#include <optional>

#include "auth/principal.hpp"
#include "server/connection.hpp"
#include "server/ssh/transport.hpp"

namespace sallyport::server::ssh {

/// Finds out who the client is (RFC 4252): password, public key, or the password by way of
/// keyboard-interactive (RFC 4256). One user name a connection; limits as in limits.hpp.
class Login {
  public:
    /// Both must outlive this object.
    Login(Connection& connection, Transport& transport);

    /// Who it is and their files, once the client has been told so. Nothing when the login failed
    /// for good; `end_reason` then says why.
    struct Done {
        auth::Principal principal;
        std::shared_ptr<storage::Volume> volume;
    };
    Async<std::optional<Done>> run();

    [[nodiscard]] std::string_view end_reason() const { return end_reason_; }

  private:
    Async<void> answer(ssh_message request);
    Async<void> answer_authentication(ssh_message request);
    Async<void> answer_password(ssh_message request, auth::Secret password,
                                std::string_view method);
    Async<void> answer_interactive(ssh_message request);
    Async<void> answer_public_key(ssh_message request);
    Async<void> answer_offer(ssh_message request, auth::PublicKey key);
    Async<void> admit(ssh_message request, const auth::Principal& principal,
                      std::string_view method, std::string key);
    void report_failure(std::string_view method, std::string_view reason, std::string key = {});
    void refuse(ssh_message request);
    /// `refuse`, counted: too many end the connection.
    void fail(ssh_message request);
    /// False when the client names another user than before.
    [[nodiscard]] bool names_same_user(ssh_message request);
    void end(std::string_view reason);

    Connection& connection_;
    Transport& transport_;
    std::string address_;
    std::optional<std::string> user_;  ///< as the first request named it
    int messages_ = 0;
    int failures_ = 0;
    int failed_passwords_ = 0;
    std::optional<Done> done_;
    std::string_view end_reason_;
};

}  // namespace sallyport::server::ssh
