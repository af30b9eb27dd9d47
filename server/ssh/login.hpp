#pragma once

#include <optional>

#include "auth/authenticator.hpp"
#include "server/connection.hpp"
#include "server/ssh/transport.hpp"

namespace sallyport::server::ssh {

/// Finds out who the client is (RFC 4252): by public key, by password, and by way of
/// keyboard-interactive (RFC 4256) by password or one-time code; by several of them one after the
/// other where that is what the user needs. One user name a connection; limits as in limits.hpp.
///
/// Everybody is asked for a password first, and for a code only when what they have shown so far is
/// right, so that the questions tell strangers nothing about users.
class Login {
  public:
    /// Both must outlive this object.
    Login(Connection& connection, Transport& transport);

    /// Who it is and their files, once the client has been told so. Nothing when the login failed
    /// for good; `end_reason` then says why.
    struct Done {
        auth::Principal principal;
        std::shared_ptr<storage::Volume> volume;
        UserSessions::Place place;
    };
    Async<std::optional<Done>> run();

    [[nodiscard]] std::string_view end_reason() const { return end_reason_; }

  private:
    Async<void> answer(ssh_message request);
    Async<void> answer_authentication(ssh_message request);
    Async<void> answer_interactive(ssh_message request);
    Async<void> answer_public_key(ssh_message request);
    Async<void> answer_offer(ssh_message request, auth::PublicKey key);
    /// `prompted`: by way of keyboard-interactive.
    Async<void> answer_proofs(ssh_message request, auth::Proofs proofs, bool prompted);
    Async<void> admit(ssh_message request, const auth::Principal& principal, bool prompted);
    /// Tells the client that it may go on, and with what.
    void go_on(ssh_message request, const auth::Partial& partial, bool prompted);
    Async<void> fail(ssh_message request, bool was_guess, net::SteadyTime started);
    void report_failure(auth::Methods methods, bool prompted, std::string reason, std::string key);
    /// The authenticator to ask; the one that has let this login begin.
    [[nodiscard]] auth::Authenticator& authenticator();
    void ask(ssh_message request);
    void refuse(ssh_message request);
    /// `refuse`, counted: too many end the connection.
    void count_failure(ssh_message request);
    /// The methods that the client can go on with, for libssh.
    [[nodiscard]] int methods() const;
    /// False when the client names another user than before.
    [[nodiscard]] bool names_same_user(ssh_message request);
    void end(std::string_view reason);

    Connection& connection_;
    Transport& transport_;
    std::string address_;
    /// What the login is judged by, from its first proof to its last.
    std::shared_ptr<const Snapshot> judged_by_;
    std::optional<std::string> user_;  ///< as the first request named it
    auth::Progress progress_;
    auth::Combinations rest_;  ///< what is still to be shown; none: nothing has been shown yet
    std::string key_;          ///< fingerprint of the key that was shown; empty: none
    std::optional<auth::Method> asked_for_;  ///< by a prompt that is not answered yet
    int messages_ = 0;
    int failures_ = 0;
    int failed_guesses_ = 0;
    std::optional<Done> done_;
    std::string_view end_reason_;
};

}  // namespace sallyport::server::ssh
