#include "server/ssh/sftp_connection.hpp"

#include <algorithm>

#include "protocol/sftp/limits.hpp"
#include "protocol/sftp/wire.hpp"
#include "server/ssh/limits.hpp"
#include "server/ssh/request.hpp"

namespace sallyport::server::ssh {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view sftp_only = "This server speaks SFTP only: no shell, no commands.\r\n";

/// Answers that are collected before they are sent: fewer packets, and the client still has
/// something to wait for.
constexpr std::size_t answer_bytes = 32 * 1024;
constexpr std::size_t answer_count = 8;

/// Bytes a second that a client must keep up when the configuration asks for no more. Stops
/// packets that arrive, or are accepted, by a byte now and then.
constexpr std::uint64_t least_rate = 1024;

/// The exit statuses of a channel.
constexpr int success = 0;
constexpr int failure = 1;

}  // namespace

struct SftpConnection::Conversation {
    explicit Conversation(sftp::SessionOptions options) : session(std::move(options)) {}

    sftp::Session session;
    sftp::PacketDecoder decoder;
    std::optional<sftp::Packet> held;  ///< waits for the rate limit
    net::SteadyTime held_until = net::SteadyTime::min();
    std::vector<std::byte> answers;
    std::size_t answer_count = 0;
    bool is_sftp = false;  ///< the subsystem was asked for
    net::SteadyTime packet_began = net::SteadyTime::max();
    std::unique_ptr<Channel> channel;  ///< feeds the decoder
};

SftpConnection::SftpConnection(Connection& connection, Transport& transport,
                               auth::Principal principal, std::shared_ptr<storage::Volume> volume)
    : connection_(connection),
      transport_(transport),
      principal_(std::move(principal)),
      volume_(std::move(volume)),
      file_events_(connection.events, principal_.policy),
      rates_(*principal_.policy, Clock::now()),
      last_request_(Clock::now()) {}

SftpConnection::~SftpConnection() = default;

Async<std::string_view> SftpConnection::run() {
    const SessionRegistry::Entry registered(*connection_.registry, *this);
    std::exception_ptr failed;
    try {
        co_await serve();
    } catch (...) {
        failed = std::current_exception();
        end("failed");
    }
    co_await close_channel(end_reason_, failure);
    if (failed) std::rethrow_exception(failed);
    co_return end_reason_;
}

Async<void> SftpConnection::serve() {
    while (end_reason_.empty()) co_await step();
}

Async<void> SftpConnection::step() {
    co_await answer_requests();
    if (conversation_ && conversation_->channel->flooded()) {
        co_return end("sends beyond its window");
    }
    if (conversation_) co_await handle_packets();
    if (!end_reason_.empty()) co_return;
    if (dismissed_ && !is_busy()) co_return end("user removed");
    if (draining_ && !is_busy()) co_return end("server is stopping");
    if (floods()) co_return end("too much that is no request");
    if (Clock::now() >= deadline()) co_return end("timed out");
    switch (transport_.step()) {
        case Transport::Step::progress:
            co_return co_await transport_.rest();
        case Transport::Step::idle:
            if (has_answers()) co_return co_await flush();
            // Not before: requests that came ahead of the client's EOF may still wait.
            if (is_at_end()) {
                co_return co_await close_channel("closed by the client", success);
            }
            co_return co_await transport_.wait(next_turn());
        case Transport::Step::ended:
            co_return end("closed by the client");
    }
}

Async<void> SftpConnection::answer_requests() {
    while (end_reason_.empty()) {
        const auto request = transport_.take_message();
        if (!request) co_return;
        co_await answer(request.get());
    }
}

Async<void> SftpConnection::answer(ssh_message request) {
    switch (ssh_message_type(request)) {
        case SSH_REQUEST_CHANNEL_OPEN:
            open_channel(request);
            break;
        case SSH_REQUEST_CHANNEL:
            co_await answer_channel_request(request);
            break;
        default:
            ssh_message_reply_default(request);
    }
}

void SftpConnection::open_channel(ssh_message request) {
    const bool is_session = ssh_message_subtype(request) == SSH_CHANNEL_SESSION;
    if (!is_session || conversation_ || draining_) {
        ssh_message_reply_default(request);
        return;
    }
    if (++channels_ > max_channels) return end("too many channels");
    auto conversation = std::make_unique<Conversation>(
        sftp::SessionOptions{principal_.user, [] { return std::chrono::system_clock::now(); },
                             [this](const sftp::FileReport& file) { report(file); }});
    auto& decoder = conversation->decoder;
    conversation->channel = Channel::accept(
        transport_, request,
        {[&decoder] { return max_waiting_bytes - std::min(max_waiting_bytes, decoder.buffered()); },
         [&decoder](std::span<const std::byte> bytes) { decoder.feed(bytes); }});
    if (conversation->channel) conversation_ = std::move(conversation);
}

Async<void> SftpConnection::answer_channel_request(ssh_message request) {
    const bool ours =
        conversation_ && conversation_->channel->is(ssh_message_channel_request_channel(request));
    if (!ours || conversation_->is_sftp) {
        ssh_message_reply_default(request);
        co_return;
    }
    switch (ssh_message_subtype(request)) {
        case SSH_CHANNEL_REQUEST_SUBSYSTEM:
            if (request::subsystem(request) != "sftp") co_return co_await turn_away(request);
            conversation_->is_sftp = true;
            ssh_message_channel_request_reply_success(request);
            break;
        case SSH_CHANNEL_REQUEST_EXEC:
        case SSH_CHANNEL_REQUEST_SHELL:
            co_await turn_away(request);
            break;
        default:
            ssh_message_reply_default(request);
    }
}

Async<void> SftpConnection::turn_away(ssh_message request) {
    // A client that is told "no" shows nothing of what we say, so the request is granted, and its
    // whole effect is this message.
    ssh_message_channel_request_reply_success(request);
    const auto words = std::as_bytes(std::span(sftp_only));
    co_await conversation_->channel->write(words, Clock::now() + time_for(words.size()),
                                           Channel::Stream::error);
    co_await close_channel("not SFTP", failure);
}

Async<void> SftpConnection::handle_packets() {
    while (conversation_ && end_reason_.empty() && conversation_->is_sftp) {
        auto packet = next_packet();
        if (!packet) co_return;
        co_await handle(std::move(*packet));
    }
}

std::optional<sftp::Packet> SftpConnection::next_packet() {
    auto& held = conversation_->held;
    if (!held) held = decode_packet();
    if (!held) return std::nullopt;
    const auto* limit = limit_of(held->type);
    conversation_->held_until = limit ? limit->ready() : net::SteadyTime::min();
    if (Clock::now() < conversation_->held_until) return std::nullopt;
    return std::exchange(held, std::nullopt);
}

std::optional<sftp::Packet> SftpConnection::decode_packet() {
    auto decoded = conversation_->decoder.next();
    if (!decoded) {
        conversation_->channel->refill();
        decoded = conversation_->decoder.next();
    }
    if (!decoded) {
        if (conversation_->decoder.buffered() == 0) {
            conversation_->packet_began = net::SteadyTime::max();
        } else if (conversation_->packet_began == net::SteadyTime::max()) {
            conversation_->packet_began = Clock::now();
        }
        return std::nullopt;
    }
    conversation_->packet_began = net::SteadyTime::max();
    auto* packet = std::get_if<sftp::Packet>(&*decoded);
    if (packet) return std::move(*packet);
    end("malformed SFTP packet");
    return std::nullopt;
}

net::RateLimit* SftpConnection::limit_of(std::uint8_t type) {
    if (type == static_cast<std::uint8_t>(sftp::PacketType::write)) return &rates_.upload;
    if (type == static_cast<std::uint8_t>(sftp::PacketType::read)) return &rates_.download;
    return nullptr;
}

Async<void> SftpConnection::handle(sftp::Packet packet) {
    auto* const limit = limit_of(packet.type);
    const auto received = packet.body.size();
    auto outcome = conversation_->session.handle(std::move(packet));
    if (const auto* close = std::get_if<sftp::Close>(&outcome)) co_return end(close->reason);
    auto* reply = std::get_if<sftp::Reply>(&outcome);
    sftp::Reply answered;
    if (auto* task = std::get_if<sftp::FileTask>(&outcome)) {
        answered = co_await task->run(*volume_);
        reply = &answered;
    }
    auto& answers = conversation_->answers;
    answers.insert(answers.end(), reply->bytes.begin(), reply->bytes.end());
    ++conversation_->answer_count;
    last_request_ = Clock::now();
    connection_.live->touch();
    // The larger one is the one with the data.
    if (limit) limit->spend(std::max(received, reply->bytes.size()), last_request_);
    idle_packets_from_ = transport_.control_packets();
    if (answers.size() >= answer_bytes || conversation_->answer_count >= answer_count) {
        co_await flush();
    }
}

Async<void> SftpConnection::flush() {
    if (!has_answers()) co_return;
    const auto answers = std::exchange(conversation_->answers, {});
    conversation_->answer_count = 0;
    const auto limit = Clock::now() + time_for(answers.size());
    const bool sent = co_await conversation_->channel->write(answers, limit);
    if (!sent) end(transport_.ended() ? "closed by the client" : "does not read its answers");
}

Async<void> SftpConnection::close_channel(std::string_view why, int exit_status) {
    if (!conversation_) co_return;
    co_await flush();
    co_await conversation_->session.end(why);
    conversation_->channel->finish(exit_status);
    conversation_.reset();
}

bool SftpConnection::has_answers() const {
    return conversation_ && !conversation_->answers.empty();
}

bool SftpConnection::is_busy() const {
    return conversation_ && conversation_->session.open_handles() != 0;
}

bool SftpConnection::is_at_end() const {
    return conversation_ && conversation_->channel->at_end() && !holds_packet();
}

bool SftpConnection::holds_packet() const {
    return conversation_ && conversation_->held;
}

net::SteadyTime SftpConnection::next_turn() const {
    return holds_packet() ? std::min(conversation_->held_until, deadline()) : deadline();
}

net::SteadyTime SftpConnection::last_activity() const {
    return holds_packet() ? std::max(last_request_, conversation_->held_until) : last_request_;
}

net::SteadyTime SftpConnection::deadline() const {
    const auto idle = last_activity() + connection_.snapshot->config->limits.idle;
    if (!conversation_ || conversation_->packet_began == net::SteadyTime::max()) return idle;
    return std::min(idle, conversation_->packet_began + time_for(sftp::max_packet_bytes));
}

std::chrono::milliseconds SftpConnection::time_for(std::uint64_t bytes) const {
    const auto& limits = connection_.snapshot->config->limits;
    const auto rate = std::max<std::uint64_t>(limits.min_upload_rate, least_rate);
    return limits.data_stall + std::chrono::seconds(bytes / rate);
}

bool SftpConnection::floods() const {
    return transport_.control_packets() > idle_packets_from_ + max_idle_packets;
}

void SftpConnection::report(const sftp::FileReport& file) const {
    const double seconds = std::chrono::duration<double>(file.duration).count();
    switch (file.what) {
        case sftp::FileReport::What::received:
            return file_events_.received({.path = file.path,
                                          .size = file.size,
                                          .sha256 = file.sha256,
                                          .cipher = transport_.cipher(),
                                          .bytes_now = file.moved,
                                          .seconds = seconds,
                                          .resumed = file.resumed});
        case sftp::FileReport::What::abandoned:
            return file_events_.abandoned(file.path, file.size, file.why);
        case sftp::FileReport::What::sent:
            return file_events_.sent(file.path, file.moved, seconds, transport_.cipher());
    }
}

void SftpConnection::end(std::string_view reason) {
    if (end_reason_.empty()) end_reason_ = reason;
}

void SftpConnection::drain() {
    draining_ = true;
    transport_.wake();
}

void SftpConnection::dismiss() {
    dismissed_ = true;
    drain();
}

void SftpConnection::abort() {
    end("server stopped");
    if (conversation_) conversation_->session.interrupt();
    transport_.abort();
}

}  // namespace sallyport::server::ssh
