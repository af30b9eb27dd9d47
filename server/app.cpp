#include "server/app.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <thread>

#include "server/admin/service.hpp"
#include "server/memory.hpp"
#include "server/net/listener.hpp"
#include "server/net/machine.hpp"
#include "server/net/sparing.hpp"
#include "server/service/notifier.hpp"
#include "server/service/watchdog.hpp"
#include "server/sessions.hpp"
#include "server/startup.hpp"
#include "server/stop_limit.hpp"
#include "server/version.hpp"
#include "storage/local/local_backend.hpp"
#include "storage/memory/memory_backend.hpp"

namespace sallyport::server {
namespace {

namespace asio = boost::asio;
using events::Level;

constexpr auto sweep_interval = std::chrono::minutes(10);
/// How often a stopping server looks whether its last session has ended.
constexpr auto drain_poll = std::chrono::milliseconds(20);
/// After sessions were told to end at once, for them to do so.
constexpr auto abort_limit = std::chrono::seconds(5);
/// What is granted for an orderly end on top of these.
constexpr auto end_margin = std::chrono::seconds(5);

/// From the signal to the end, whatever sessions do.
StopLimit::Limits longest_end(const config::Config& config) {
    constexpr auto at_once = abort_limit + end_margin;
    return {config.server.drain + at_once, at_once};
}

void emit_warnings(events::Sink& sink, const std::vector<config::Problem>& warnings) {
    for (const auto& warning : warnings) {
        sink.emit(Level::warning, "config.warning", {{"text", warning.str("warning")}});
    }
}

class App {
  public:
    /// `opening`, `sink` and `notifier` must outlive this object.
    App(std::shared_ptr<const config::Config> config, Opening& opening, events::Sink& sink,
        const service::Notifier& notifier, std::function<config::Loaded()> reload)
        : config_(std::move(config)),
          opening_(opening),
          metrics_(sink),
          reload_(std::move(reload)),
          main_(opening.loop),
          listeners_(opening.listeners),
          notifier_(notifier) {}

    /// What keeps it from serving, if anything does.
    std::optional<std::string> start() {
        for (int number : {SIGTERM, SIGINT, SIGHUP}) signals_.add(number);
        if (auto problem = open_storage()) return problem;
        if (auto problem = open_logins()) return problem;
        auto snapshot =
            make_snapshot(config_, opening_.credentials, backend_, pools_, logins_, sink_);
        start_workers();
        sessions_.emplace(workers_, sink_, std::move(snapshot));
        admin_.emplace(main_.get_executor(),
                       admin::Service::Sources{metrics_, *sessions_, pools_, backend_},
                       std::move(opening_.admin_servers), opening_.admin_later);
        for (std::size_t i = 0; i < listeners_.size(); ++i) {
            asio::co_spawn(main_, accept(*listeners_[i], config_->listeners[i]),
                           report("listener"));
        }
        announce();
        return std::nullopt;
    }

    void run() {
        wait_for_memory_on_this_thread();
        asio::co_spawn(main_, watch_signals(), report("signals"));
        asio::co_spawn(main_, sweep(), report("sweep"));
        asio::co_spawn(main_, service::feed_watchdog(notifier_, workers_), report("watchdog"));
        main_.run();
        sink_.emit(Level::info, "server.stop", {});
    }

  private:
    std::optional<std::string> open_storage() {
        const auto& options = config_->storage;
        const bool digest = options.digest == config::StorageDigest::sha256;
        if (options.backend == config::StorageBackend::memory) {
            storage::MemoryOptions memory;
            memory.min_free = options.min_free;
            memory.digest = digest;
            memory.partial_retention = options.partial_retention;
            backend_ = std::make_shared<storage::MemoryBackend>(memory);
            return std::nullopt;
        }
        auto opened = storage::LocalBackend::open(
            {options.root, options.durability == config::Durability::fsync, digest,
             options.partial_retention, options.min_free},
            pools_.files);
        if (!opened) return opened.error().sentence;
        backend_ = std::move(*opened);
        return std::nullopt;
    }

    std::optional<std::string> open_logins() {
        const auto& folder = config_->server.state_dir;
        auto locks = exposure::ExposedPasswords::open(folder, pools_.files);
        if (auto* problem = std::get_if<std::string>(&locks)) return std::move(*problem);
        logins_.exposed = std::get<0>(std::move(locks));
        auto codes = state::UsedCodes::open(folder, pools_.files, sink_, [] {
            return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        });
        if (auto* problem = std::get_if<std::string>(&codes)) return std::move(*problem);
        logins_.codes = std::get<0>(std::move(codes));
        return std::nullopt;
    }

    void start_workers() {
        unsigned count = config_->server.threads;
        if (count == 0) count = std::max(1U, std::thread::hardware_concurrency());
        while (workers_.size() < count) workers_.push_back(std::make_unique<Worker>());
    }

    Async<void> accept(net::Listener& listener, config::Listener settings) {
        Worker* worker = nullptr;
        co_await listener.run(
            [this, &worker]() -> asio::io_context& {
                worker = &sessions_->next_worker();
                return worker->context();
            },
            [this, &worker, &settings](net::Tcp::socket socket) {
                // A connection for which there is no memory must not end the listener.
                try {
                    sessions_->start(*worker, std::move(socket), settings);
                } catch (const std::exception& e) {
                    sink_.emit(Level::error, "session.failed", {{"reason", std::string(e.what())}});
                }
            },
            [this](std::size_t turned_away) { report_shortage(turned_away); });
    }

    void report_shortage(std::size_t turned_away) {
        turned_away_ += turned_away;
        if (!shortages_.due(std::chrono::steady_clock::now())) return;
        sink_.emit(Level::error, "listener.no_descriptors",
                   {{"turned_away", static_cast<std::int64_t>(std::exchange(turned_away_, 0))},
                    {"hint", std::string("raise LimitNOFILE= or lower limits.connections")}});
    }

    void announce() {
        std::string text;
        std::vector<monitor::ListenerView> views;
        const auto bound = opening_.bound();
        for (std::size_t i = 0; i < bound.size(); ++i) {
            const auto protocol = config_->listeners[i].protocol;
            views.push_back({protocol, net::to_string(bound[i])});
            text +=
                fmt::format("{}{}={}", i == 0 ? "" : " ", name_of(protocol), views.back().address);
        }
        admin_->set_ready(std::move(views));
        events::Fields fields{{"listeners", text}, {"admin", admin_->bound()}};
        add_fingerprints(fields);
        const auto& confinement = opening_.confinement;
        fields.push_back({"runs_as", confinement.user});
        fields.push_back({"capabilities", confinement.capabilities});
        fields.push_back({"landlock", confinement.landlock});
        fields.push_back({"seccomp", confinement.seccomp});
        sink_.emit(Level::info, "server.ready", fields);
        notifier_.send("READY=1\nSTATUS=Serving " + text);
    }

    void add_fingerprints(events::Fields& fields) const {
        const auto snapshot = sessions_->snapshot();
        if (snapshot->tls) fields.push_back({"certificate", snapshot->tls->fingerprint()});
        if (snapshot->ssh) fields.push_back({"host_keys", snapshot->ssh->fingerprints()});
    }

    Async<void> watch_signals() {
        for (bool stopping = false;;) {
            auto [error, number] =
                co_await signals_.async_wait(asio::as_tuple(asio::use_awaitable));
            if (error) co_return;
            if (number == SIGHUP) {
                if (!stopping) reload();
            } else if (!stopping) {
                stopping = true;
                asio::co_spawn(main_, stop(), report("stop"));
            } else {
                drain_end_ = std::chrono::steady_clock::now();
            }
        }
    }

    Async<void> stop() {
        admin_->set_draining();
        for (auto& listener : listeners_) listener->close();
        // From here on another process can serve the same ports and files.
        backend_->hand_over();
        announce_end();
        sessions_->drain();
        drain_end_ = std::chrono::steady_clock::now() + config_->server.drain;
        co_await wait_for_sessions();
        sessions_->abort();
        drain_end_ = std::chrono::steady_clock::now() + abort_limit;
        co_await wait_for_sessions();
        main_.stop();
    }

    void announce_end() {
        const auto sessions = static_cast<std::int64_t>(sessions_->running());
        sink_.emit(Level::info, "server.drain", {{"sessions", sessions}});
        const auto wanted =
            std::chrono::floor<std::chrono::microseconds>(longest_end(*config_).told);
        notifier_.send(
            fmt::format("STOPPING=1\nSTATUS=Waiting for {} sessions\n"
                        "EXTEND_TIMEOUT_USEC={}",
                        sessions, wanted.count()));
    }

    /// Until `drain_end_`, which may come nearer meanwhile.
    Async<void> wait_for_sessions() {
        asio::steady_timer timer(main_);
        // At least once: an accept that was cancelled holds a socket of a worker's loop until its
        // turn has come here.
        do {
            timer.expires_after(drain_poll);
            co_await timer.async_wait(asio::use_awaitable);
        } while (sessions_->running() != 0 && std::chrono::steady_clock::now() < drain_end_);
    }

    void reload() {
        notifier_.send_reloading();
        sink_.reopen();
        try {
            take_over(reload_());
        } catch (const std::exception& e) {
            refuse_config(1, e.what());
        }
        notifier_.send("READY=1");
    }

    void take_over(config::Loaded loaded) {
        if (!loaded.config) {
            return refuse_config(loaded.problems.size(),
                                 loaded.problems.empty() ? "" : loaded.problems.front().str());
        }
        auto credentials = load_credentials(*loaded.config);
        if (auto* problem = std::get_if<config::Problem>(&credentials)) {
            return refuse_config(1, problem->str());
        }
        auto& [tls, ssh, hook] = std::get<Credentials>(credentials);
        const auto running = sessions_->snapshot();
        if (!tls) tls = running->tls;
        if (!ssh) ssh = running->ssh;
        sessions_->replace(make_snapshot(loaded.config, std::get<Credentials>(credentials),
                                         backend_, pools_, logins_, sink_));
        events::Fields fields{{"needs_restart", needing_restart(*config_, *loaded.config)}};
        add_fingerprints(fields);
        sink_.emit(Level::info, "config.reloaded", fields);
        emit_warnings(sink_, loaded.warnings);
    }

    void refuse_config(std::size_t problems, const std::string& first) {
        sink_.emit(Level::error, "config.refused",
                   {{"problems", static_cast<std::int64_t>(problems)}, {"first", first}});
    }

    /// Reports what a part of the server that should never end was ended by.
    std::function<void(std::exception_ptr)> report(std::string_view part) {
        return [this, part](std::exception_ptr failure) {
            if (!failure) return;
            sink_.emit(Level::error, "server.failed", {{"reason", std::string(part)}});
        };
    }

    Async<void> sweep() {
        asio::steady_timer timer(main_);
        for (;;) {
            timer.expires_after(sweep_interval);
            co_await timer.async_wait(asio::use_awaitable);
            co_await backend_->sweep();
        }
    }

    std::shared_ptr<const config::Config> config_;  ///< the one the server started with
    Opening& opening_;
    admin::Metrics metrics_;  ///< on the way to the log
    events::Sink& sink_ = metrics_;
    std::function<config::Loaded()> reload_;
    asio::io_context& main_;
    std::vector<std::unique_ptr<net::Listener>>& listeners_;
    const service::Notifier& notifier_;
    net::Sparing shortages_{std::chrono::minutes(1)};
    std::size_t turned_away_ = 0;  ///< for want of a descriptor, since the last report
    net::SteadyTime drain_end_;    ///< when sessions that are left are ended
    // Destroyed from the bottom: the workers' threads end first, then what their sessions used.
    asio::signal_set signals_{main_};
    std::shared_ptr<storage::Backend> backend_;
    Pools pools_;
    LoginMemory logins_;
    std::optional<Sessions> sessions_;
    std::optional<admin::Service> admin_;
    std::vector<std::unique_ptr<Worker>> workers_;
};

int fail(const std::string& problem) {
    fmt::print(stderr, "sallyport: error: {}\n", problem);
    return 1;
}

int fail(events::Sink& sink, const std::string& problem) {
    sink.emit(Level::error, "server.failed", {{"reason", problem}});
    return fail(problem);
}

}  // namespace

int serve(std::shared_ptr<const config::Config> config, std::function<config::Loaded()> reload,
          ServeHooks hooks) {
    std::signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    // Connected now: later the process may not.
    const auto notifier = service::Notifier::from_environment();
    Opening opening;
    const auto closed = opening.open(*config, hooks.on_bound);
    // Root opens no log file for somebody else: it would follow a link that they have laid.
    if (!opening.logs) return fail(*closed);
    // The first thread: it writes the log.
    const auto sink = events::make_log_sink(config->log, std::move(*opening.logs));
    sink->emit(Level::info, "server.start", {{"version", std::string(version)}});
    if (closed) return fail(*sink, *closed);
    for (const std::string& warning : opening.confinement.warnings) {
        sink->emit(Level::warning, "hardening", {{"reason", warning}});
    }
    if (!opening.admin_problem.empty()) {
        sink->emit(Level::warning, "admin.failed", {{"reason", opening.admin_problem}});
    }
    emit_warnings(*sink, hooks.warnings);
    const auto limits = longest_end(*config);
    std::optional<StopLimit> stop_limit;  // outlasts all that could hang
    App app(std::move(config), opening, *sink, notifier, std::move(reload));
    if (const auto problem = app.start()) return fail(*sink, *problem);
    stop_limit.emplace(limits, *sink);
    if (hooks.on_ready) hooks.on_ready(opening.bound());
    app.run();
    return 0;
}

std::vector<std::string> check_machine(const config::Config& config) {
    return net::findings(config, net::this_machine(config));
}

std::vector<config::Problem> check_credentials(const config::Config& config) {
    auto loaded = load_credentials(config);
    if (auto* problem = std::get_if<config::Problem>(&loaded)) return {std::move(*problem)};
    return {};
}

}  // namespace sallyport::server
