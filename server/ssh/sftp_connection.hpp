#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "auth/principal.hpp"
#include "protocol/sftp/session.hpp"
#include "server/connection.hpp"
#include "server/events/file_events.hpp"
#include "server/net/transfer_rates.hpp"
#include "server/ssh/channel.hpp"

namespace sallyport::server::ssh {

/// Serves one client that has logged in: carries requests from its channel to `sftp::Session` and
/// answers back. Refuses all that is not SFTP: shells, commands, terminals, forwarding. Lives on
/// one thread.
class SftpConnection final : public Drainable {
  public:
    /// `connection` and `transport` must outlive this object.
    SftpConnection(Connection& connection, Transport& transport, auth::Principal principal,
                   std::shared_ptr<storage::Volume> volume);
    ~SftpConnection() override;

    /// Serves until either side ends; says why it ended.
    Async<std::string_view> run();

    void drain() override;
    void abort() override;
    [[nodiscard]] std::string_view user() const override { return principal_.user; }
    void dismiss() override;

  private:
    /// One channel with its SFTP session, from its opening to its end.
    struct Conversation;

    Async<void> serve();
    /// Looks at what has arrived; then one turn of the transport, or a wait.
    Async<void> step();
    Async<void> answer_requests();
    Async<void> answer(ssh_message request);
    void open_channel(ssh_message request);
    Async<void> answer_channel_request(ssh_message request);
    /// Tells somebody who wants a shell or a command that there is none.
    Async<void> turn_away(ssh_message request);

    Async<void> handle_packets();
    /// The next packet, once the rate limit lets its bytes move; nothing: not now.
    [[nodiscard]] std::optional<sftp::Packet> next_packet();
    [[nodiscard]] std::optional<sftp::Packet> decode_packet();
    Async<void> handle(sftp::Packet packet);
    Async<void> flush();
    Async<void> close_channel(std::string_view why, int exit_status);

    [[nodiscard]] bool has_answers() const;
    [[nodiscard]] bool is_busy() const;
    /// The limit that bytes of such requests count against; null: none.
    [[nodiscard]] net::RateLimit* limit_of(std::uint8_t type);
    /// The client will send no more, and all of it has been handled.
    [[nodiscard]] bool is_at_end() const;
    /// A packet waits for the rate limit.
    [[nodiscard]] bool holds_packet() const;
    /// When there is something to do, whatever arrives.
    [[nodiscard]] net::SteadyTime next_turn() const;
    /// The last request, or the end of the time for which the next one is held back.
    [[nodiscard]] net::SteadyTime last_activity() const;
    [[nodiscard]] net::SteadyTime deadline() const;
    /// How long the client may take to accept, or to send, so many bytes.
    [[nodiscard]] std::chrono::milliseconds time_for(std::uint64_t bytes) const;
    [[nodiscard]] bool floods() const;
    void report(const sftp::FileReport& file) const;
    void end(std::string_view reason);

    Connection& connection_;
    Transport& transport_;
    auth::Principal principal_;
    std::shared_ptr<storage::Volume> volume_;
    events::FileEvents file_events_;
    net::TransferRates rates_;
    std::unique_ptr<Conversation> conversation_;
    int channels_ = 0;  ///< opened so far
    net::SteadyTime last_request_;
    std::uint64_t idle_packets_from_ = 0;  ///< control packets received by then
    bool draining_ = false;
    bool dismissed_ = false;       ///< draining, because the user is not known any more
    std::string_view end_reason_;  ///< not empty: the session is over
};

}  // namespace sallyport::server::ssh
