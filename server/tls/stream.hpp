#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "auth/certificate.hpp"
#include "server/net/pace.hpp"
#include "server/net/wait.hpp"
#include "server/tls/client_context.hpp"
#include "server/tls/context.hpp"
#include "server/tls/error.hpp"

namespace sallyport::tls {

/// What was negotiated.
struct SessionInfo {
    std::string version;  ///< "TLSv1.3"
    std::string cipher;   ///< "TLS_AES_256_GCM_SHA384"
    bool resumed = false;
};
/// Version and cipher as one text, such as "TLSv1.3 TLS_AES_256_GCM_SHA384".
[[nodiscard]] inline std::string to_string(const SessionInfo& info) {
    return info.version + " " + info.cipher;
}

/// A TCP connection inside TLS, on one thread. There is no way to read or write it in
/// clear.
///
/// One reader and one writer at a time. Spans must live until the operation completes. `limit` is
/// the longest time without progress.
class Stream {
  public:
    using Limit = std::chrono::milliseconds;

    /// Takes over a connected socket and performs the handshake, which as a whole must end within
    /// `limit`. Nothing that the peer sent before may have been read from the socket. Null on
    /// failure.
    static Async<Result<std::unique_ptr<Stream>>> accept(net::Tcp::socket socket,
                                                         std::shared_ptr<const Context> context,
                                                         const SessionBinding& binding,
                                                         Purpose purpose, Limit limit);
    /// The same as a client of `host`, which must prove to be that; or a sentence part that says
    /// why there is no connection.
    static Async<std::variant<std::unique_ptr<Stream>, std::string>> connect(
        net::Tcp::socket socket, std::shared_ptr<const ClientContext> context, std::string host,
        Limit limit);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// At least one byte, up to `into.size()`.
    Async<Result<std::size_t>> read_some(std::span<std::byte> into, Limit limit);
    /// Bytes until `into` is full or the stream ends; `limit` counts anew with each record.
    struct Filled {
        std::size_t count = 0;
        std::optional<Error> end;  ///< why there are fewer than asked for
    };
    /// A peer that stays below `pace` ends with `timed_out` as well.
    Async<Filled> fill(std::span<std::byte> into, Limit limit, net::Pace& pace);
    /// All of `data`.
    Async<Result<void>> write(std::span<const std::byte> data, Limit limit);
    /// Tells the peer that nothing more will come (close_notify, then FIN).
    Async<void> finish(Limit limit);
    /// After `finish`: reads and discards until the peer closes too, so that our last bytes are not
    /// lost to a reset, but no longer than `limit` in all.
    Async<void> drain(Limit limit);
    /// Ends the connection now. Operations under way end with `broken`.
    void abort() noexcept;

    /// Sends a fresh session ticket with the next write (TLS 1.3; a ticket resumes once only).
    void renew_ticket();

    [[nodiscard]] SessionInfo info() const;
    [[nodiscard]] bool resumed() const;
    /// What the client has shown, verified; only if `client_ca` asks for it.
    [[nodiscard]] std::optional<auth::Certificate> certificate() const;
    /// Unspecified addresses when the connection is gone already.
    [[nodiscard]] boost::asio::ip::address local_address() const;
    [[nodiscard]] boost::asio::ip::address peer_address() const;
    [[nodiscard]] boost::asio::any_io_executor executor() { return socket_.get_executor(); }

  private:
    Stream(net::Tcp::socket socket, std::shared_ptr<const void> context, SslHandle ssl,
           Purpose purpose);

    Async<Result<void>> handshake(net::SteadyTime deadline);
    /// Bytes that are there already; 0 when `wanted_` must be waited for first.
    [[nodiscard]] Result<std::size_t> read_now(std::span<std::byte> into);
    /// Waits for what the last SSL call asked for; an error when it asked for nothing.
    Async<Result<void>> wait_for(int ssl_error, net::SteadyTime deadline);
    void acknowledge_at_once();
    [[nodiscard]] Error end_of_stream(int ssl_error) const;

    net::Tcp::socket socket_;
    std::shared_ptr<const void> context_;
    SslHandle ssl_;
    Purpose purpose_;
    int wanted_ = 0;              ///< SSL_ERROR_WANT_READ or _WRITE; NONE: only a pause
    unsigned quiet_records_ = 0;  ///< records without data since the last with some
    bool aborted_ = false;
};

}  // namespace sallyport::tls
