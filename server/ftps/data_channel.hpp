#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "protocol/ftp/outcome.hpp"
#include "server/events/event.hpp"
#include "server/net/passive_port.hpp"
#include "server/snapshot.hpp"
#include "server/tls/stream.hpp"

namespace sallyport::server::ftps {

/// What a data connection must satisfy besides TLS.
struct DataRules {
    bool require_resumption = false;
    bool allow_missing_close_notify = false;
};

/// The data connection of one transfer. It exists only as TLS. Lives on one thread.
class DataChannel {
  public:
    DataChannel(std::shared_ptr<net::PassivePort> port, std::shared_ptr<const Snapshot> snapshot,
                tls::SessionBinding binding, DataRules rules, const events::SessionEvents& events)
        : port_(std::move(port)),
          snapshot_(std::move(snapshot)),
          binding_(binding),
          rules_(rules),
          events_(events) {}

    /// Waits for the client's connection and its TLS handshake. Why not, or nothing when it is
    /// open.
    Async<std::optional<ftp::DataFailure>> open();

    /// Fills `into` from the client. `end` is `closed` when the client ended its data properly, or
    /// in a way that the policy accepts.
    Async<tls::Stream::Filled> fill(std::span<std::byte> into);
    Async<std::optional<ftp::DataFailure>> write(std::span<const std::byte> data);
    /// Says close_notify and lets the connection go; the last bytes still arrive.
    Async<void> finish();

    /// Ends the transfer's waiting and reading now; may be called at any time.
    void abort() noexcept;

    /// How a TLS error counts for the transfer.
    [[nodiscard]] ftp::DataFailure failure(tls::Error error) const;
    /// "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty before `open`.
    [[nodiscard]] std::string cipher() const;

  private:
    [[nodiscard]] const config::Limits& limits() const { return snapshot_->config->limits; }
    using Accepted = tls::Result<std::unique_ptr<tls::Stream>>;
    Async<Accepted> shake_hands(net::Tcp::socket socket);
    std::optional<ftp::DataFailure> refuse(ftp::DataFailure why);

    std::shared_ptr<net::PassivePort> port_;
    std::shared_ptr<const Snapshot> snapshot_;
    tls::SessionBinding binding_;
    DataRules rules_;
    const events::SessionEvents& events_;
    std::unique_ptr<tls::Stream> stream_;
    std::optional<net::Pace> pace_;  ///< of the open stream
    int handshaking_ = -1;           ///< descriptor of a connection in its handshake
    bool aborted_ = false;
};

}  // namespace sallyport::server::ftps
