#include "server/sessions.hpp"

#include <fmt/format.h>
#include <sodium.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/write.hpp>

#include "server/entry.hpp"
#include "server/ftps/control.hpp"
#include "server/net/proxied.hpp"
#include "server/ssh/serve.hpp"

namespace sallyport::server {
namespace {

using boost::asio::ip::tcp;
using events::Level;

/// A name for one session in the events of all doors.
std::string new_session_id() {
    std::uint64_t id = 0;
    randombytes_buf(&id, sizeof id);
    return fmt::format("{:016x}", id);
}

/// What a listener of the configuration in force now says, for one that was opened earlier.
config::Listener current(const config::Listener& opened, const config::Config& config) {
    for (const auto& listener : config.listeners) {
        if (listener.protocol == opened.protocol &&
            listener.endpoint.address == opened.endpoint.address &&
            listener.endpoint.port == opened.endpoint.port) {
            return listener;
        }
    }
    return opened;
}

constexpr std::string_view too_many = "421 Too many connections, try again later.\r\n";
constexpr std::string_view penalised =
    "421 Too many failed logins from your address, try again later.\r\n";

/// Closes follow. Only explicit FTPS has words for it before TLS or key exchange.
void turn_away(tcp::socket& socket, config::Protocol protocol, std::string_view text) {
    if (protocol != config::Protocol::ftps) return;
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(boost::asio::buffer(text), ignored);
}

/// A connection of which nobody knows yet whose it is.
class Unannounced final : public Drainable {
  public:
    explicit Unannounced(tcp::socket& socket) : descriptor_(socket.native_handle()) {}
    void drain() override { abort(); }
    void abort() override { ::shutdown(descriptor_, SHUT_RDWR); }

  private:
    int descriptor_;
};

/// The door that a listener opens.
Async<void> serve(Connection connection) {
    if (connection.listener.protocol == config::Protocol::sftp) {
        return ssh::serve(std::move(connection));
    }
    return ftps::serve(std::move(connection));
}

void report_refusal(const events::SessionEvents& events, Level level, std::string_view reason) {
    events.emit(level, "session.refused", {{"reason", std::string(reason)}});
}

/// `serve`, when its turn has come.
Async<void> serve_in_turn(Doorkeeper& doorkeeper, Connection connection) {
    const Doorkeeper::Arrival arrival{connection.ends, connection.snapshot->config->limits,
                                      connection.login_deadline, *connection.registry,
                                      connection.events};
    connection.newcomer = co_await doorkeeper.admit(arrival);
    if (!connection.newcomer) {
        report_refusal(connection.events, Level::warning, "too many that have not logged in");
        co_return turn_away(connection.socket, connection.listener.protocol, too_many);
    }
    events::Fields fields;
    const auto& balancer = connection.ends.balancer;
    if (!balancer.empty()) fields.push_back({"balancer", balancer});
    connection.events.emit(Level::info, "session.open", std::move(fields));
    co_await serve(std::move(connection));
}

std::string what(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "unknown exception";
    }
}

}  // namespace

Sessions::Sessions(std::vector<std::unique_ptr<Worker>>& workers, events::Sink& sink,
                   std::shared_ptr<const Snapshot> snapshot)
    : workers_(workers), sink_(sink), snapshot_(std::move(snapshot)) {}

Worker& Sessions::next_worker() {
    return *workers_[turn_++ % workers_.size()];
}

struct Sessions::Arrival {
    Worker& worker;
    tcp::socket socket;
    std::shared_ptr<const Snapshot> snapshot;
    config::Listener listener;
    Ends ends;
};

events::SessionEvents Sessions::events_of(const Arrival& arrival) const {
    return {sink_, new_session_id(), std::string(name_of(arrival.listener.protocol)),
            arrival.ends.client.to_string()};
}

void Sessions::start(Worker& worker, tcp::socket socket, const config::Listener& listener) {
    boost::system::error_code error;
    const Ends ends{net::canonical(socket.remote_endpoint(error).address()),
                    net::canonical(socket.local_endpoint(error).address()),
                    {}};
    if (error) return;
    socket.non_blocking(true, error);
    auto snapshot = snapshot_.load();
    auto settings = current(listener, *snapshot->config);
    Arrival arrival{worker, std::move(socket), std::move(snapshot), std::move(settings), ends};
    const auto& proxies = arrival.listener.proxy_protocol;
    if (proxies.empty()) return open(std::move(arrival));
    const auto refuse = [&](std::string_view reason) {
        report_refusal(events_of(arrival), Level::warning, reason);
    };
    if (!net::is_trusted(proxies, ends.client)) return refuse("not through a trusted balancer");
    const auto total = arrival.snapshot->config->limits.connections;
    auto place = admission_.enter(ends.client, {total, total});
    if (!place) return refuse("too many connections");
    boost::asio::co_spawn(
        worker.context(), open_relayed(std::move(arrival), std::move(*place)),
        [this](std::exception_ptr failure) {
            if (!failure) return;
            sink_.emit(Level::error, "session.failed", {{"reason", what(failure)}});
        });
}

Async<void> Sessions::open_relayed(Arrival arrival, net::Admission::Place place) {
    std::variant<proxy::Header, std::string_view> read;
    {
        Unannounced unannounced(arrival.socket);
        const SessionRegistry::Entry registered(arrival.worker.registry(), unannounced);
        const auto deadline = std::chrono::steady_clock::now() + net::proxy_header_limit;
        read = co_await net::read_proxy_header(arrival.socket, deadline);
    }
    if (const auto* problem = std::get_if<std::string_view>(&read)) {
        report_refusal(events_of(arrival), Level::warning, *problem);
        co_return;
    }
    arrival.ends.balancer = arrival.ends.client.to_string();
    if (const auto* relayed = std::get_if<proxy::Relayed>(&std::get<proxy::Header>(read))) {
        arrival.ends.client = net::address_of(relayed->source);
        arrival.ends.reached = net::address_of(relayed->destination);
    }
    // The client takes a place of its own; the balancer's would count against the balancer.
    { const auto given_back = std::move(place); }
    open(std::move(arrival));
}

void Sessions::open(Arrival arrival) {
    auto& [worker, socket, snapshot, listener, ends] = arrival;
    const auto& limits = snapshot->config->limits;
    auto events = events_of(arrival);
    if (!ends.are_of_balancer() && doorkeeper_.refuses(ends.client, limits)) {
        // Said loudly once, by `penalty.start`: who comes back at once must not fill the log.
        report_refusal(events, Level::debug, "penalty");
        return turn_away(socket, listener.protocol, penalised);
    }
    auto place = admission_.enter(ends.client, {limits.connections, limits.per_address});
    if (!place) {
        report_refusal(events, Level::warning, "too many connections");
        return turn_away(socket, listener.protocol, too_many);
    }
    // Replies are small and each is waited for: Nagle would hold them back. A urgent byte stays in
    // the stream, where TLS expects it.
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(boost::asio::socket_base::out_of_band_inline(true), ignored);
    const auto deadline = std::chrono::steady_clock::now() + limits.login_grace;
    auto live = live_.open(listener.protocol, events.session(), events.address());
    boost::asio::co_spawn(
        worker.context(),
        serve_in_turn(doorkeeper_,
                      {std::move(socket), std::move(ends), std::move(snapshot), std::move(listener),
                       events, &worker.registry(), &worker.diagnoses(), std::move(live), deadline,
                       [this] { return snapshot_.load(); }, &user_sessions_, nullptr}),
        [events, place = std::move(*place)](std::exception_ptr failure) {
            if (failure) events.emit(Level::error, "session.failed", {{"reason", what(failure)}});
        });
}

void Sessions::replace(std::shared_ptr<const Snapshot> snapshot) {
    const auto now = snapshot->config;
    const auto before = snapshot_.exchange(std::move(snapshot))->config;
    const auto users = lost_access(*before, *now);
    if (users.empty()) return;
    for (auto& worker : workers_) {
        boost::asio::post(worker->context(),
                          [&worker = *worker, users] { worker.registry().dismiss(users); });
    }
}

void Sessions::drain() {
    for (auto& worker : workers_) {
        boost::asio::post(worker->context(), [&worker = *worker] { worker.registry().drain(); });
    }
}

void Sessions::abort() {
    for (auto& worker : workers_) {
        boost::asio::post(worker->context(), [&worker = *worker] { worker.registry().abort(); });
    }
}

}  // namespace sallyport::server
