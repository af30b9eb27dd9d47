#pragma once

#include <libssh/callbacks.h>

#include <deque>
#include <memory>
#include <string>

#include "server/net/wait.hpp"
#include "server/ssh/handles.hpp"
#include "server/ssh/limits.hpp"

namespace sallyport::server::ssh {

/// One SSH connection (RFC 4253), driven from an event loop: libssh works when it is told to, and
/// never waits. Lives on the thread of its socket.
class Transport {
  public:
    /// `socket` must outlive this object; `session` works on a copy of its descriptor.
    Transport(net::Tcp::socket& socket, SessionHandle session);
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    /// Until when a key exchange must have come so far.
    struct HandshakeLimits {
        net::SteadyTime proposal;  ///< the client has sent its half of the key
        net::SteadyTime end;       ///< it has accepted ours, for which people may be asked
    };
    /// Banner and key exchange; false when they fail, take too long, or the client sends more than
    /// `max_bytes_before_login`.
    Async<bool> handshake(HandshakeLimits limits);
    /// The client has logged in, and may send as much as it likes.
    void lift_byte_limit() { byte_limit_ = UINT64_MAX; }

    enum class Step {
        progress,  ///< something was received or sent; there may be more
        idle,      ///< nothing to do until the socket is ready
        ended,     ///< the connection is over
    };
    /// Lets libssh receive until a packet is whole, at most 64 KiB, handle it, and send.
    Step step();
    /// Waits until `step` has something to do, `wake` is called or `deadline` passes.
    Async<void> wait(net::SteadyTime deadline);
    /// Lets other sessions of the thread have their turn, every now and then. To be called after
    /// each `step` that made progress.
    Async<void> rest();
    /// `step`, and `wait` when there is nothing to do. False when the connection has ended or
    /// `deadline` has passed.
    Async<bool> turn(net::SteadyTime deadline);

    /// The oldest request that nobody has looked at; null when there is none.
    [[nodiscard]] MessageHandle take_message();
    /// The next request; null when the connection has ended or `deadline` has passed.
    Async<MessageHandle> next_message(net::SteadyTime deadline);

    /// Sends what is queued, then a disconnect message, and closes; not beyond `deadline`.
    Async<void> disconnect(const std::string& reason, net::SteadyTime deadline);
    /// Cuts the connection; `step` then says `ended`.
    void abort() noexcept;
    void wake() { waits_->event.notify(); }

    [[nodiscard]] bool ended() const { return ended_; }
    /// Ended because the client sent too much.
    [[nodiscard]] bool flooded() const { return flooded_; }
    /// True while bytes are queued that the socket does not take.
    [[nodiscard]] bool write_pending() const;
    [[nodiscard]] std::uint64_t bytes_received() const { return bytes_.in_bytes; }
    /// Packets received that held no channel data.
    [[nodiscard]] std::uint64_t control_packets() const {
        return packets_.in_packets - data_packets_;
    }
    void count_data_packet() { ++data_packets_; }
    [[nodiscard]] ssh_session session() const { return session_.get(); }
    [[nodiscard]] net::Tcp::socket& socket() { return socket_; }

    /// What was negotiated for what the client sends, such as "aes256-gcm@openssh.com".
    [[nodiscard]] std::string cipher() const;
    [[nodiscard]] std::string key_exchange() const;
    /// What the client calls itself: its own words.
    [[nodiscard]] std::string client_banner() const;

  private:
    /// Waits that the socket still holds, which may outlive this object.
    struct Waits {
        explicit Waits(boost::asio::any_io_executor executor) : event(std::move(executor)) {}
        net::Event event;
        bool reading = false;
        bool writing = false;
    };

    /// The next request, once libssh has read what is there of one packet; null: none yet.
    MessageHandle receive();
    void watch(net::Tcp::socket::wait_type what, bool Waits::*pending);
    [[nodiscard]] std::uint64_t activity() const { return bytes_.in_bytes + bytes_.out_bytes; }

    net::Tcp::socket& socket_;
    std::shared_ptr<Waits> waits_;
    ssh_counter_struct bytes_{};    ///< of the socket
    ssh_counter_struct packets_{};  ///< after decryption
    std::uint64_t data_packets_ = 0;
    std::deque<MessageHandle> messages_;
    std::uint64_t byte_limit_ = max_bytes_before_login;
    unsigned steps_ = 0;
    bool ended_ = false;
    bool flooded_ = false;
    SessionHandle session_;  ///< refers to the counters
};

}  // namespace sallyport::server::ssh
