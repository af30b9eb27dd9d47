#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "server/app.hpp"
#include "server/cli/command.hpp"
#include "server/cli/demo_guide.hpp"
#include "server/cli/demo_site.hpp"
#include "server/cli/exit_status.hpp"
#include "server/cli/load_checked.hpp"
#include "server/cli/report.hpp"
#include "server/events/log_sink.hpp"

namespace sallyport::cli {
namespace {

constexpr std::uint16_t default_port = 2121;

struct Options {
    std::string dir = "./sallyport-data";
    std::optional<std::uint16_t> port;  ///< unset: what the configuration file says
};

config::Loaded load_demo(const DemoSite& site, std::optional<std::uint16_t> port) {
    config::Loaded loaded = load_checked(site.config);
    if (!loaded.config || !port || loaded.config->listeners.empty()) return loaded;
    auto changed = std::make_shared<config::Config>(*loaded.config);
    changed->listeners.front().endpoint.port = *port;
    loaded.config = std::move(changed);
    return loaded;
}

/// The log is a file here, so what most often goes wrong is said on the terminal before the server
/// starts.
void require_free(const config::Endpoint& endpoint) {
    using boost::asio::ip::tcp;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(endpoint.address, error);
    if (error) return;
    const tcp::endpoint wanted(address, endpoint.port);
    boost::asio::io_context context;
    tcp::acceptor probe(context);
    probe.open(wanted.protocol(), error);
    if (!error) probe.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) probe.bind(wanted, error);
    if (!error) probe.listen(1, error);
    if (!error) return;
    throw std::runtime_error(
        error == boost::asio::error::address_in_use
            ? fmt::format("port {} is in use by another program; stop that or give another --port",
                          endpoint.port)
            : fmt::format("cannot listen on port {}: {}; give another --port", endpoint.port,
                          error.message()));
}

void print_guide(const DemoSite& site, const std::vector<config::Endpoint>& bound) {
    if (bound.empty()) return;
    fmt::print("{}", demo_guide(site, bound.front(), demo_password(site).reveal()));
    std::fflush(stdout);
}

int quickstart(const Options& options) {
    const DemoSite site(std::filesystem::absolute(options.dir).lexically_normal());
    complete(site, options.port.value_or(default_port));
    const config::Loaded loaded = load_demo(site, options.port);
    print_findings(loaded);
    if (!loaded.config) return exit_refused;
    for (const config::Listener& listener : loaded.config->listeners) {
        require_free(listener.endpoint);
    }
    const std::shared_ptr<events::Sink> sink = events::make_log_sink(loaded.config->log);
    server::ServeHooks hooks;
    hooks.on_ready = [site](const auto& bound) { print_guide(site, bound); };
    return server::serve(
        loaded.config, *sink, [site, port = options.port] { return load_demo(site, port); }, hooks);
}

}  // namespace

Action declare_quickstart(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    app.add_option("--dir", options->dir, "Where everything is kept; reused when it exists")
        ->type_name("DIR")
        ->capture_default_str();
    app.add_option("--port", options->port, "FTPS port on 127.0.0.1; 0 takes a free one")
        ->type_name("N");
    return [options] { return quickstart(*options); };
}

}  // namespace sallyport::cli
