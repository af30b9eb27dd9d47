#include "server/admin/service.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/status.hpp>

#include "server/admin/status_json.hpp"

namespace sallyport::server::admin {
namespace {

namespace http = boost::beast::http;

/// Between two tries to listen where the server before this one still does.
constexpr auto take_over_pause = std::chrono::seconds(1);

std::vector<monitor::Status::Moved> moved_bytes(const monitor::LiveSessions& live) {
    std::vector<monitor::Status::Moved> all;
    for (const auto protocol : config::protocols) {
        for (const auto direction : monitor::directions) {
            all.push_back({protocol, direction, live.moved(protocol, direction)});
        }
    }
    return all;
}

Answer readiness(const monitor::Status& status) {
    if (status.not_ready.empty()) return {.body = "ready\n"};
    return {.status = static_cast<unsigned>(http::status::service_unavailable),
            .body = fmt::format("not ready: {}\n", fmt::join(status.not_ready, ", "))};
}

}  // namespace

Service::Service(boost::asio::any_io_executor executor, Sources sources,
                 std::vector<std::unique_ptr<HttpServer>> servers,
                 const std::optional<config::AdminAddress>& later)
    : executor_(executor),
      sources_(std::move(sources)),
      storage_(std::move(executor), sources_.backend) {
    for (auto& server : servers) add(std::move(server));
    if (later) boost::asio::co_spawn(executor_, take_over(*this, *later), boost::asio::detached);
}

void Service::add(std::unique_ptr<HttpServer> server) {
    server->start([this](std::string path) { return answer(std::move(path)); });
    servers_.push_back(std::move(server));
}

Async<void> Service::take_over(Service& self, config::AdminAddress address) {
    boost::asio::steady_timer timer(self.executor_);
    for (;;) {
        auto opened = HttpServer::open(self.executor_, address);
        if (auto* server = std::get_if<0>(&opened)) co_return self.add(std::move(*server));
        timer.expires_after(take_over_pause);
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
}

void Service::set_ready(std::vector<monitor::ListenerView> listeners) {
    listeners_ = std::move(listeners);
}

std::string Service::bound() const {
    std::vector<std::string> addresses;
    for (const auto& server : servers_) addresses.push_back(server->bound());
    return fmt::format("{}", fmt::join(addresses, " "));
}

Async<Answer> Service::answer(std::string path) {
    Answer answer;
    if (path == "/healthz") {
        answer.body = "ok\n";
    } else if (path == "/readyz") {
        const auto now = co_await status();
        answer = readiness(now);
    } else if (path == "/metrics") {
        const auto now = co_await status();
        answer.type = "text/plain; version=0.0.4; charset=utf-8";
        answer.body = sources_.metrics.text(now);
    } else if (path == "/status") {
        const auto now = co_await status();
        answer.type = "application/json";
        answer.body = to_json(now) + "\n";
    } else {
        answer.status = static_cast<unsigned>(http::status::not_found);
        answer.body = "There are /healthz, /readyz, /metrics and /status.\n";
    }
    co_return answer;
}

Async<monitor::Status> Service::status() {
    const auto space = co_await storage_.look();
    const auto snapshot = sources_.sessions.snapshot();
    monitor::Status status;
    status.name = snapshot->config->server.name;
    status.started = started_;
    status.uptime =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    if (listeners_.empty()) status.not_ready.emplace_back("not listening yet");
    if (draining_) status.not_ready.emplace_back(monitor::draining);
    if (space) {
        status.space = *space;
    } else {
        status.not_ready.emplace_back(describe(space.error()));
    }
    status.listeners = listeners_;
    status.sessions = sources_.sessions.live().look();
    status.penalties = penalties();
    if (snapshot->tls) {
        status.certificates.push_back({snapshot->tls->fingerprint(), snapshot->tls->expires()});
    }
    status.pools = pools();
    status.moved = moved_bytes(sources_.sessions.live());
    co_return status;
}

std::vector<monitor::PenaltyView> Service::penalties() const {
    const auto now = std::chrono::steady_clock::now();
    std::vector<monitor::PenaltyView> all;
    for (const auto& [source, until] : sources_.sessions.penalties().refused(now)) {
        all.push_back({source, std::chrono::duration<double>(until - now).count()});
    }
    return all;
}

std::vector<monitor::PoolView> Service::pools() const {
    const auto& [files, hashing] = sources_.pools;
    return {{"files", files.threads(), files.busy(), std::nullopt},
            {"hashing", hashing.threads(), hashing.busy(), hashing.limit()}};
}

}  // namespace sallyport::server::admin
