#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json/parse.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "config/load.hpp"
#include "server/admin/http_client.hpp"
#include "server/cli/command.hpp"
#include "server/cli/exit_status.hpp"
#include "server/cli/report.hpp"
#include "server/cli/status_table.hpp"

namespace sallyport::cli {
namespace {

using server::admin::Fetched;

constexpr auto answer_limit = std::chrono::seconds(5);
constexpr auto refresh = std::chrono::seconds(1);
constexpr std::size_t usual_width = 100;
/// Moves to the first column of the first line, and clears what was there.
constexpr std::string_view clear_screen = "\033[H\033[2J";

struct Options {
    std::string config = "/etc/sallyport/sallyport.toml";
    bool json = false;
    bool watch = false;
};

/// Where the server of this configuration may be asked, in the order of asking.
std::vector<config::AdminAddress> places(const config::Config& config) {
    std::vector<config::AdminAddress> all;
    if (const auto socket = config::status_socket(config.server)) all.emplace_back(*socket);
    const auto& address = config.admin.address;
    const auto* endpoint = address ? std::get_if<config::Endpoint>(&*address) : nullptr;
    const bool unknown = endpoint != nullptr && endpoint->port == 0;
    if (address && !unknown) all.push_back(*address);
    if (!all.empty()) return all;
    throw std::runtime_error(
        "this configuration gives the server no place to be asked; set server.state_dir or "
        "[admin] address");
}

/// The first answer; else says what went wrong at each place.
Fetched ask(const std::vector<config::AdminAddress>& places) {
    std::string problems;
    for (const auto& place : places) {
        auto fetched = server::admin::fetch(place, "/status", answer_limit);
        if (auto* answer = std::get_if<Fetched>(&fetched)) return std::move(*answer);
        problems += (problems.empty() ? "" : "; ") + std::get<std::string>(fetched);
    }
    throw std::runtime_error(problems);
}

std::size_t terminal_width() {
    winsize size{};
    const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0;
    return known ? size.ws_col : usual_width;
}

bool is_ready(const std::string& body) {
    boost::system::error_code error;
    const auto value = boost::json::parse(body, error);
    const auto* status = error ? nullptr : value.if_object();
    const auto* ready = status ? status->if_contains("ready") : nullptr;
    return ready && ready->is_bool() && ready->get_bool();
}

/// True when the server is ready.
bool show(const std::vector<config::AdminAddress>& places, const Options& options) {
    const auto fetched = ask(places);
    if (fetched.status != 200) {
        throw std::runtime_error(fmt::format("the server answers {}", fetched.status));
    }
    // Made before the screen is cleared: a screen that is empty for a moment flickers.
    const auto text = options.json ? fetched.body : status_table(fetched.body, terminal_width());
    if (options.watch && !options.json && ::isatty(STDOUT_FILENO) == 1) {
        fmt::print("{}", clear_screen);
    }
    fmt::print("{}", text);
    std::fflush(stdout);
    return is_ready(fetched.body);
}

int status(const Options& options) {
    const config::Loaded loaded = config::load(options.config);
    if (!loaded.config) {
        print_findings(loaded);
        return exit_refused;
    }
    const auto all = places(*loaded.config);
    bool ready = show(all, options);
    while (options.watch) {
        std::this_thread::sleep_for(refresh);
        ready = show(all, options);
    }
    if (!ready) print_error("the server is not ready");
    return ready ? exit_ok : exit_refused;
}

}  // namespace

Action declare_status(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    app.add_option("--config,-c", options->config, "Configuration file of the server to ask")
        ->type_name("FILE")
        ->capture_default_str();
    app.add_flag("--json", options->json, "One JSON object, for programs");
    app.add_flag("--watch", options->watch, "Again each second, until Ctrl-C");
    return [options] { return status(*options); };
}

}  // namespace sallyport::cli
