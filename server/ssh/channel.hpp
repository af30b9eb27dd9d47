#pragma once

#include <libssh/callbacks.h>

#include <functional>
#include <memory>
#include <span>

#include "server/ssh/transport.hpp"

namespace sallyport::server::ssh {

/// The one session channel of a connection (RFC 4254): bytes in both directions, with flow control.
/// Lives on the transport's thread; the transport must outlive it.
class Channel {
  public:
    /// Where received bytes go; says how many it has room for.
    struct Sink {
        std::function<std::size_t()> room;
        std::function<void(std::span<const std::byte>)> take;
    };

    /// Accepts the client's request to open a channel. Null when that fails.
    [[nodiscard]] static std::unique_ptr<Channel> accept(Transport& transport, ssh_message request,
                                                         Sink sink);
    ~Channel();
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    /// Gives the sink all that libssh has kept for lack of room; to be called when the sink is
    /// empty. Not a part of it: libssh opens the whole window with the first byte that is read, so
    /// that what it keeps would grow each time.
    void refill();

    enum class Stream { data, error };
    /// Sends all of `bytes`, as the peer's window and the socket allow; false when that could not
    /// be done before `deadline`.
    Async<bool> write(std::span<const std::byte> bytes, net::SteadyTime deadline,
                      Stream stream = Stream::data);
    /// Says that the work is done, and how it went, and closes.
    void finish(int exit_status);

    /// True when `channel` is this one.
    [[nodiscard]] bool is(ssh_channel channel) const { return channel == channel_; }
    /// The client will send no more, and the sink has got everything.
    [[nodiscard]] bool at_end() const { return peer_done_ && unread_ == 0; }
    /// The client has sent far more than it was allowed to.
    [[nodiscard]] bool flooded() const;

  private:
    Channel(Transport& transport, ssh_channel channel, Sink sink);

    std::size_t receive(std::span<const std::byte> bytes) noexcept;
    /// The bytes that libssh took, which may be none; negative on failure.
    int put(std::span<const std::byte> bytes, Stream stream);

    Transport& transport_;
    ssh_channel channel_;  ///< belongs to the session
    Sink sink_;
    ssh_channel_callbacks_struct callbacks_{};
    std::size_t unread_ = 0;    ///< bytes that libssh keeps for us
    bool peer_done_ = false;    ///< it will send no more
    bool peer_closed_ = false;  ///< it takes no more
    bool proven_ = false;       ///< a write has succeeded
};

}  // namespace sallyport::server::ssh
