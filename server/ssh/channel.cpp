#include "server/ssh/channel.hpp"

#include <algorithm>
#include <array>

#include "server/ssh/guarded_write.hpp"
#include "server/ssh/limits.hpp"

namespace sallyport::server::ssh {

std::unique_ptr<Channel> Channel::accept(Transport& transport, ssh_message request, Sink sink) {
    ssh_channel channel = ssh_message_channel_request_open_reply_accept(request);
    if (!channel) return {};
    // At once: data that arrives before the callbacks are there would never be announced.
    return std::unique_ptr<Channel>(new Channel(transport, channel, std::move(sink)));
}

Channel::Channel(Transport& transport, ssh_channel channel, Sink sink)
    : transport_(transport), channel_(channel), sink_(std::move(sink)) {
    callbacks_.userdata = this;
    callbacks_.channel_data_function = [](ssh_session, ssh_channel, void* data, std::uint32_t size,
                                          int is_stderr, void* self) {
        if (is_stderr != 0) return static_cast<int>(size);  // means nothing from a client
        auto& target = *static_cast<Channel*>(self);
        target.transport_.count_data_packet();
        const auto taken = target.receive({static_cast<const std::byte*>(data), std::size_t{size}});
        return static_cast<int>(taken);
    };
    callbacks_.channel_eof_function = [](ssh_session, ssh_channel, void* self) {
        static_cast<Channel*>(self)->peer_done_ = true;
    };
    callbacks_.channel_close_function = [](ssh_session, ssh_channel, void* self) {
        static_cast<Channel*>(self)->peer_done_ = true;
        static_cast<Channel*>(self)->peer_closed_ = true;
    };
    ssh_callbacks_init(&callbacks_);
    ssh_set_channel_callbacks(channel_, &callbacks_);
}

Channel::~Channel() {
    if (transport_.ended()) return;  // the session frees what it still has
    ssh_remove_channel_callbacks(channel_, &callbacks_);
    ssh_channel_free(channel_);
}

std::size_t Channel::receive(std::span<const std::byte> bytes) noexcept {
    try {
        const auto taken = std::min(bytes.size(), sink_.room());
        if (taken != 0) sink_.take(bytes.first(taken));
        unread_ = bytes.size() - taken;
        return taken;
    } catch (...) {
        // Out of memory, and the caller is C: this connection ends, the others go on.
        transport_.abort();
        return bytes.size();
    }
}

void Channel::refill() {
    std::array<std::byte, 16 * 1024> buffer;
    while (unread_ != 0 && !transport_.ended()) {
        const auto wanted = std::min(unread_, buffer.size());
        const int count = ssh_channel_read_nonblocking(channel_, buffer.data(),
                                                       static_cast<std::uint32_t>(wanted), 0);
        if (count <= 0) {
            unread_ = 0;
            return;
        }
        const auto read = static_cast<std::size_t>(count);
        unread_ -= std::min(unread_, read);
        sink_.take(std::span(buffer).first(read));
    }
}

Async<bool> Channel::write(std::span<const std::byte> bytes, net::SteadyTime deadline,
                           Stream stream) {
    while (!bytes.empty()) {
        if (transport_.ended() || ssh_channel_is_closed(channel_) != 0) co_return false;
        if (flooded()) co_return false;
        const int written = transport_.write_pending() ? 0 : put(bytes, stream);
        if (written < 0) co_return false;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        if (written == 0 && !co_await transport_.turn(deadline)) co_return false;
    }
    co_return true;
}

int Channel::put(std::span<const std::byte> bytes, Stream stream) {
    // Beyond the window libssh would wait inside, and call back into the middle of our work.
    const std::size_t window = ssh_channel_window_size(channel_);
    bytes = bytes.first(std::min({bytes.size(), window, max_write_bytes}));
    if (bytes.empty()) return 0;
    const auto size = static_cast<std::uint32_t>(bytes.size());
    const auto write = stream == Stream::data ? ssh_channel_write : ssh_channel_write_stderr;
    if (proven_) return write(channel_, bytes.data(), size);
    const auto written = write_guarded(write, channel_, bytes);
    if (!written) {
        transport_.abort();
        return SSH_ERROR;
    }
    proven_ = *written > 0;
    return *written;
}

void Channel::finish(int exit_status) {
    if (transport_.ended()) return;
    if (!peer_closed_) ssh_channel_request_send_exit_status(channel_, exit_status);
    ssh_channel_close(channel_);
}

bool Channel::flooded() const {
    return unread_ > max_unread_bytes;
}

}  // namespace sallyport::server::ssh
