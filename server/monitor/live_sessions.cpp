#include "server/monitor/live_sessions.hpp"

#include <algorithm>

namespace sallyport::server::monitor {
namespace {

double seconds(std::chrono::steady_clock::duration duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

std::string_view name_of(Direction direction) {
    switch (direction) {
        case Direction::upload:
            return "upload";
        case Direction::download:
            return "download";
    }
    __builtin_unreachable();
}

LiveSession::LiveSession(LiveSessions& all, config::Protocol protocol, std::string id,
                         std::string address)
    : all_(all), protocol_(protocol), id_(std::move(id)), address_(std::move(address)) {
    const std::lock_guard lock(all_.mutex_);
    all_.sessions_.insert(this);
}

LiveSession::~LiveSession() {
    const std::lock_guard lock(all_.mutex_);
    all_.sessions_.erase(this);
}

void LiveSession::set_user(std::string user) {
    const std::lock_guard lock(mutex_);
    user_ = std::move(user);
}

void LiveSession::touch() {
    const std::lock_guard lock(mutex_);
    last_activity_ = Clock::now();
}

SessionView LiveSession::look(Clock::time_point now) const {
    SessionView view;
    view.id = id_;
    view.address = address_;
    view.protocol = protocol_;
    view.since = since_;
    view.seconds = seconds(now - began_);
    const std::lock_guard lock(mutex_);
    view.user = user_;
    view.idle = std::max(0.0, seconds(now - last_activity_));
    for (const auto* transfer : transfers_) view.transfers.push_back(transfer->look(now));
    return view;
}

LiveTransfer::LiveTransfer(std::shared_ptr<LiveSession> session, File file)
    : session_(std::move(session)), file_(std::move(file)), position_(file_.start) {
    const std::lock_guard lock(session_->mutex_);
    session_->transfers_.push_back(this);
}

LiveTransfer::~LiveTransfer() {
    const std::lock_guard lock(session_->mutex_);
    std::erase(session_->transfers_, this);
}

void LiveTransfer::moved(std::uint64_t offset, std::uint64_t bytes) {
    session_->all_.counter(session_->protocol_, file_.direction)
        .fetch_add(bytes, std::memory_order_relaxed);
    const auto now = Clock::now();
    const std::lock_guard lock(session_->mutex_);
    session_->last_activity_ = now;
    moved_ += bytes;
    position_ = std::max(position_, offset + bytes);
    meter_.count(bytes, now);
}

TransferView LiveTransfer::look(Clock::time_point now) const {
    return {file_.path, file_.direction,       moved_,          position_,
            file_.size, seconds(now - began_), meter_.rate(now)};
}

std::shared_ptr<LiveSession> LiveSessions::open(config::Protocol protocol, std::string id,
                                                std::string address) {
    return std::make_shared<LiveSession>(*this, protocol, std::move(id), std::move(address));
}

std::vector<SessionView> LiveSessions::look() const {
    std::vector<SessionView> views;
    const auto now = LiveSession::Clock::now();
    {
        const std::lock_guard lock(mutex_);
        views.reserve(sessions_.size());
        for (const auto* session : sessions_) views.push_back(session->look(now));
    }
    std::ranges::sort(views, std::greater{}, &SessionView::seconds);
    return views;
}

std::uint64_t LiveSessions::moved(config::Protocol protocol, Direction direction) const {
    return moved_[static_cast<std::size_t>(protocol)][static_cast<std::size_t>(direction)].load(
        std::memory_order_relaxed);
}

LiveSessions::Counter& LiveSessions::counter(config::Protocol protocol, Direction direction) {
    return moved_[static_cast<std::size_t>(protocol)][static_cast<std::size_t>(direction)];
}

}  // namespace sallyport::server::monitor
