#include "server/ssh/transport.hpp"

#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/ssh/limits.hpp"

namespace sallyport::server::ssh {
namespace {

namespace asio = boost::asio;
using net::Tcp;
using Clock = std::chrono::steady_clock;

/// Steps, of about one SSH packet each, before other sessions of the thread have their turn.
constexpr unsigned steps_in_a_row = 16;
/// Reads, of 4,096 bytes each, that one step may take towards a packet that is not yet whole.
constexpr unsigned reads_in_a_step = 16;

std::string text(const char* words) {
    return words ? words : "";
}

}  // namespace

Transport::Transport(Tcp::socket& socket, SessionHandle session)
    : socket_(socket),
      waits_(std::make_shared<Waits>(socket.get_executor())),
      session_(std::move(session)) {
    ssh_set_counters(session_.get(), &bytes_, &packets_);
}

Async<bool> Transport::handshake(HandshakeLimits limits) {
    constexpr std::uint64_t our_packets = 3;  // KEXINIT, then ECDH_REPLY and NEWKEYS
    for (;;) {
        const auto before = activity();
        const int result = ssh_handle_key_exchange(session_.get());
        if (result == SSH_OK) co_return true;
        if (result != SSH_AGAIN || bytes_received() > byte_limit_) co_return false;
        const bool proposed = packets_.out_packets >= our_packets;
        const auto deadline = proposed ? limits.end : limits.proposal;
        if (Clock::now() >= deadline) co_return false;
        if (activity() == before) co_await wait(deadline);
    }
}

Transport::Step Transport::step() {
    if (ended_) return Step::ended;
    const auto before = activity();
    MessageHandle message = receive();
    const bool got_message = message != nullptr;
    if (got_message) messages_.push_back(std::move(message));
    const int status = ssh_get_status(session_.get());
    flooded_ = messages_.size() > max_waiting_messages || bytes_received() > byte_limit_;
    ended_ = flooded_ || !ssh_is_connected(session_.get()) ||
             (status & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0;
    if (got_message) return Step::progress;
    if (ended_) return Step::ended;
    return activity() == before ? Step::idle : Step::progress;
}

MessageHandle Transport::receive() {
    bool inside_packet = true;
    MessageHandle message;
    for (unsigned reads = 0; inside_packet && !message && reads < reads_in_a_step; ++reads) {
        const auto bytes = bytes_.in_bytes;
        const auto packets = packets_.in_packets;
        // Yields a request that waits already, or reads once.
        message.reset(ssh_message_get(session_.get()));
        inside_packet = bytes_.in_bytes != bytes && packets_.in_packets == packets;
    }
    return message;
}

Async<void> Transport::wait(net::SteadyTime deadline) {
    watch(Tcp::socket::wait_read, &Waits::reading);
    if (write_pending()) watch(Tcp::socket::wait_write, &Waits::writing);
    co_await waits_->event.wait_until(deadline);
}

void Transport::watch(Tcp::socket::wait_type what, bool Waits::*pending) {
    if ((*waits_).*pending) return;
    (*waits_).*pending = true;
    socket_.async_wait(what, [waits = waits_, pending](boost::system::error_code) {
        (*waits).*pending = false;
        waits->event.notify();
    });
}

Async<bool> Transport::turn(net::SteadyTime deadline) {
    if (Clock::now() >= deadline) co_return false;
    const auto stepped = step();
    if (stepped == Step::ended) co_return false;
    if (stepped == Step::idle) {
        co_await wait(deadline);
    } else {
        co_await rest();
    }
    co_return true;
}

Async<void> Transport::rest() {
    if (++steps_ % steps_in_a_row != 0) co_return;
    co_await asio::post(socket_.get_executor(), asio::use_awaitable);
}

MessageHandle Transport::take_message() {
    if (messages_.empty()) return {};
    auto message = std::move(messages_.front());
    messages_.pop_front();
    return message;
}

Async<MessageHandle> Transport::next_message(net::SteadyTime deadline) {
    bool more = true;
    while (more && messages_.empty()) more = co_await turn(deadline);
    auto message = take_message();
    co_return message;
}

Async<void> Transport::disconnect(const std::string& reason, net::SteadyTime deadline) {
    while (!ended_ && write_pending()) {
        if (!co_await turn(deadline)) break;
    }
    if (!ended_) {
        ssh_session_set_disconnect_message(session_.get(), reason.c_str());
        ssh_disconnect(session_.get());
    }
    ended_ = true;
    // Unread bytes would turn our close into a reset that eats the last words.
    boost::system::error_code ignored;
    socket_.shutdown(Tcp::socket::shutdown_send, ignored);
    co_await net::discard_until_closed(socket_, deadline);
    abort();
}

void Transport::abort() noexcept {
    ::shutdown(socket_.native_handle(), SHUT_RDWR);
    wake();
}

bool Transport::write_pending() const {
    return (ssh_get_status(session_.get()) & SSH_WRITE_PENDING) != 0;
}

std::string Transport::cipher() const {
    return text(ssh_get_cipher_in(session_.get()));
}

std::string Transport::key_exchange() const {
    return text(ssh_get_kex_algo(session_.get()));
}

std::string Transport::client_banner() const {
    return text(ssh_get_clientbanner(session_.get()));
}

}  // namespace sallyport::server::ssh
