#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string_view>

#include "auth/principal.hpp"
#include "protocol/ftp/secure_session.hpp"
#include "server/ftps/control.hpp"
#include "server/ftps/inbox.hpp"
#include "server/ftps/transfer.hpp"
#include "server/net/background.hpp"
#include "server/tls/stream.hpp"

namespace sallyport::server::ftps {

/// Drives one control connection inside TLS: carries out what `ftp::SecureSession` asks for. Knows
/// sockets and time, but no verbs. Lives on one thread.
class SecureControl final : public Drainable {
  public:
    SecureControl(Connection& connection, std::unique_ptr<tls::Stream> stream,
                  tls::SessionBinding binding, net::SteadyTime login_deadline);

    /// Serves until either side ends. `greet`: TLS came first, so the greeting is still to be said.
    Async<void> run(bool greet);

    void drain() override;
    void abort() override;
    [[nodiscard]] std::string_view user() const override;
    void dismiss() override;

  private:
    /// Serves to the end of the session and closes it; what was thrown meanwhile, if anything.
    Async<std::exception_ptr> serve(bool greet);
    /// The next thing to do: a line whose turn it is, the end of a transfer, or the passing of a
    /// deadline.
    Async<void> step();
    Async<void> run_front();
    void touch();
    Async<void> give_up(std::string_view text, std::string_view reason);
    [[nodiscard]] bool front_may_run() const;
    [[nodiscard]] net::SteadyTime deadline() const;

    Async<void> answer(ftp::Outcome outcome);
    Async<void> perform(ftp::Reply reply);
    Async<void> perform(ftp::Close close);
    Async<void> perform(ftp::Drop drop);
    Async<void> perform(ftp::Login login);
    Async<void> perform(ftp::OpenPassive request);
    Async<void> perform(ftp::FileTask task);
    Async<void> perform(ftp::Transfer request);

    Async<void> let_in(const auth::Principal& principal, const Snapshot& judged_by);
    Async<bool> admit(const auth::Principal& principal);
    Async<void> refuse_login(const auth::Attempt& attempt, const auth::Verdict& verdict,
                             net::SteadyTime started);
    void report_login() const;
    /// What a login command and TLS together show.
    [[nodiscard]] auth::Attempt attempt_of(ftp::Login login) const;
    Async<void> finish_transfer();
    void abort_transfer();
    [[nodiscard]] std::shared_ptr<net::PassivePort> open_port(const DataRules& rules);
    void drop_passive();
    void on_line(const ftp::Decoded& line);
    [[nodiscard]] DataRules data_rules() const;
    Async<void> send(ftp::Reply reply);
    void end(std::string_view reason);

    Connection& connection_;
    std::unique_ptr<tls::Stream> stream_;
    tls::SessionBinding binding_;
    net::SteadyTime login_deadline_;
    net::SteadyTime last_activity_;
    boost::asio::ip::address local_;
    std::optional<auth::Certificate> certificate_;  ///< what the client has shown to TLS
    ftp::SecureSession session_;
    net::Event changed_;
    Inbox inbox_;

    std::optional<auth::Principal> principal_;
    std::optional<UserSessions::Place> place_;
    std::shared_ptr<storage::Volume> volume_;
    std::optional<events::FileEvents> file_events_;
    std::shared_ptr<net::TransferRates> rates_;

    std::shared_ptr<DataChannel> passive_;  ///< waits for its transfer
    std::unique_ptr<Transfer> transfer_;
    std::shared_ptr<DataChannel> data_;  ///< of the transfer under way
    net::Background<ftp::Reply> transferring_;
    bool transfer_ended_ = false;
    unsigned pending_aborts_ = 0;  ///< ABORs that have arrived and wait for their turn

    bool draining_ = false;
    bool dismissed_ = false;       ///< draining, because the user is not known any more
    std::string_view end_reason_;  ///< not empty: the session is over
};

}  // namespace sallyport::server::ftps
