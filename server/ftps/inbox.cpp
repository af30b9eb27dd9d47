#include "server/ftps/inbox.hpp"

#include <sodium.h>

#include <array>

#include "protocol/ftp/limits.hpp"

namespace sallyport::server::ftps {
namespace {

constexpr std::size_t read_size = 1024;
/// The session's own deadlines (login grace, idle) end a silent connection, so reading has none of
/// its own.
constexpr auto no_limit = std::chrono::hours(24 * 365);

}  // namespace

Inbox::Inbox(tls::Stream& stream, net::Event& changed,
             std::function<void(const ftp::Decoded&)> on_line)
    : stream_(stream), changed_(changed), on_line_(std::move(on_line)), room_(stream.executor()) {}

Async<void> Inbox::run() {
    std::exception_ptr failure;
    try {
        co_await read();
    } catch (...) {
        failure = std::current_exception();
    }
    ended_ = true;
    changed_.notify();
    if (failure) std::rethrow_exception(failure);
}

Async<void> Inbox::read() {
    std::array<std::byte, read_size> bytes;
    while (!closed_) {
        const auto count = co_await stream_.read_some(bytes, no_limit);
        if (!count) break;
        decoder_.feed({reinterpret_cast<const char*>(bytes.data()), *count});
        sodium_memzero(bytes.data(), *count);
        while (auto line = decoder_.next()) {
            on_line_(*line);
            const bool last = std::holds_alternative<ftp::Foreign>(*line) ||
                              std::holds_alternative<ftp::LineTooLong>(*line);
            lines_.push_back(std::move(*line));
            changed_.notify();
            const bool room = co_await wait_for_room();
            if (last || !room) {
                closed_ = true;
                break;
            }
        }
    }
}

Async<bool> Inbox::wait_for_room() {
    while (lines_.size() >= ftp::max_pending_lines && !closed_) {
        co_await room_.wait_until(net::SteadyTime::max());
    }
    co_return !closed_;
}

void Inbox::close() {
    closed_ = true;
    room_.notify();
}

ftp::Decoded Inbox::pop() {
    auto line = std::move(lines_.front());
    lines_.pop_front();
    room_.notify();
    return line;
}

}  // namespace sallyport::server::ftps
