#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "protocol/ftp/outcome.hpp"
#include "server/events/event.hpp"
#include "server/net/passive_port.hpp"
#include "server/net/sparing.hpp"
#include "server/net/transfer_rates.hpp"
#include "server/snapshot.hpp"
#include "server/tls/stream.hpp"

namespace sallyport::server::ftps {

/// What a data connection must satisfy besides TLS.
struct DataRules {
    bool require_resumption = false;
    bool allow_missing_close_notify = false;
};

/// Who is to connect, and what they were told.
struct DataPeer {
    boost::asio::ip::address client;
    std::string announced;    ///< "203.0.113.7:50123", for diagnosis
    net::Sparing* diagnoses;  ///< outlives the channel
};

/// The data connection of one transfer, from the passive port on. It exists only as TLS. Lives on
/// one thread.
///
/// The handshake begins when the client's first bytes arrive, which may be before its transfer
/// command: some clients do not look at the control connection until then.
class DataChannel : public std::enable_shared_from_this<DataChannel> {
  public:
    DataChannel(std::shared_ptr<net::PassivePort> port, std::shared_ptr<const Snapshot> snapshot,
                tls::SessionBinding binding, DataRules rules, DataPeer peer,
                std::shared_ptr<net::TransferRates> rates, events::SessionEvents events,
                boost::asio::any_io_executor executor);

    /// Begins to accept, beside the session. Call once. Aborts when the last copy of the pointer is
    /// gone.
    [[nodiscard]] std::shared_ptr<DataChannel> start();
    [[nodiscard]] std::uint16_t port() const { return port_->port(); }

    /// Waits until the client is connected. Why it is not, or nothing when it is.
    Async<std::optional<ftp::DataFailure>> open();

    /// Fills `into` from the client, no faster than the session may upload. `end` is `closed` when
    /// the client ended its data properly, or in a way that the policy accepts.
    Async<tls::Stream::Filled> fill(std::span<std::byte> into);
    /// Sends all of `data`, no faster than the session may download.
    Async<std::optional<ftp::DataFailure>> write(std::span<const std::byte> data);
    /// Says close_notify and lets the connection go; the last bytes still arrive.
    Async<void> finish();

    /// Ends the transfer's waiting and reading now; may be called at any time.
    void abort() noexcept;

    /// How a TLS error counts for the transfer.
    [[nodiscard]] ftp::DataFailure failure(tls::Error error) const;
    /// "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty before `open`.
    [[nodiscard]] const std::string& cipher() const { return cipher_; }

  private:
    [[nodiscard]] const config::Limits& limits() const { return snapshot_->config->limits; }
    Async<void> establish();
    /// Until the rightful client is here or will not come.
    Async<void> settle();
    enum class Admitted {
        settled,   ///< the rightful client is here, or will not come
        refused,   ///< perhaps not the rightful one, who may still come
        stranger,  ///< somebody else; nothing has changed
    };
    Async<Admitted> admit(net::Tcp::socket socket);

    enum class Origin {
        client,    ///< the address is that of the control connection's client
        unknown,   ///< a balancer that does not say for whom it connects
        stranger,  ///< somebody else's address
    };
    /// Whose a connection is that a balancer relays.
    Async<Origin> origin_of(net::Tcp::socket& socket);
    /// Says what to look at when nobody could connect.
    void diagnose() noexcept;
    Async<void> wait_for_first_byte(net::Tcp::socket& socket);
    Async<tls::Result<std::unique_ptr<tls::Stream>>> shake_hands(net::Tcp::socket socket);
    /// When waiting for the client ends: it has so long to connect, and so long to begin TLS.
    [[nodiscard]] net::SteadyTime deadline() const;
    /// Waits until the limit lets bytes move, or the transfer is aborted. The client is not to
    /// blame for that time.
    Async<void> hold(const net::RateLimit& rate);
    Async<tls::Stream::Filled> fill_piece(std::span<std::byte> into);
    /// Ends the waiting; `establish` comes to its end soon after.
    void stop_waiting() noexcept;

    std::shared_ptr<net::PassivePort> port_;
    std::shared_ptr<const Snapshot> snapshot_;
    tls::SessionBinding binding_;
    DataRules rules_;
    DataPeer peer_;
    std::shared_ptr<net::TransferRates> rates_;  ///< of the session, whatever the transfer
    events::SessionEvents events_;
    boost::asio::any_io_executor executor_;
    net::Event changed_;
    net::SteadyTime waiting_since_ =
        net::SteadyTime::max();  ///< `open` was called, or connected since
    int handshaking_ = -1;       ///< descriptor of a connection without TLS yet
    net::SteadyTime opened_at_;  ///< the port
    bool reached_ = false;       ///< somebody has connected
    bool established_ = false;
    ftp::DataFailure failure_ = ftp::DataFailure::no_connection;
    std::unique_ptr<tls::Stream> stream_;
    std::string cipher_;
    std::optional<net::Pace> pace_;  ///< of the open stream
    bool aborted_ = false;
};

}  // namespace sallyport::server::ftps
