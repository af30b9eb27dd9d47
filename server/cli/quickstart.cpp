#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
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
#include "server/cli/new_file.hpp"
#include "server/cli/report.hpp"

namespace sallyport::cli {
namespace {

struct Options {
    std::string dir = "./sallyport-data";
    /// Unset: what the configuration file says.
    std::optional<std::uint16_t> ftps_port;
    std::optional<std::uint16_t> sftp_port;
};

/// The first listener of one door in a list of listeners.
template <class Listeners>
auto first_of(Listeners& listeners, config::Protocol protocol) {
    return std::ranges::find(listeners, protocol, &config::Listener::protocol);
}

void set_port(config::Config& config, config::Protocol protocol,
              std::optional<std::uint16_t> port) {
    const auto listener = first_of(config.listeners, protocol);
    if (port && listener != config.listeners.end()) listener->endpoint.port = *port;
}

config::Loaded load_demo(const DemoSite& site, const Options& options) {
    config::Loaded loaded = load_checked(site.config);
    if (!loaded.config) return loaded;
    auto changed = std::make_shared<config::Config>(*loaded.config);
    set_port(*changed, config::Protocol::ftps, options.ftps_port);
    set_port(*changed, config::Protocol::sftp, options.sftp_port);
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
            ? fmt::format(
                  "port {} is in use by another program; stop that or give another --port or "
                  "--sftp-port",
                  endpoint.port)
            : fmt::format("cannot listen on port {}: {}; give another --port or --sftp-port",
                          endpoint.port, error.message()));
}

/// Where a door is reached, now that its port is known.
std::optional<config::Endpoint> bound_of(config::Protocol protocol, const config::Config& config,
                                         const std::vector<config::Endpoint>& bound) {
    const auto listener = first_of(config.listeners, protocol);
    if (listener == config.listeners.end()) return std::nullopt;
    return bound.at(static_cast<std::size_t>(listener - config.listeners.begin()));
}

DemoDoors doors_of(const config::Config& config, const std::vector<config::Endpoint>& bound) {
    return {bound_of(config::Protocol::ftps, config, bound),
            bound_of(config::Protocol::sftp, config, bound)};
}

void write_known_hosts(const DemoSite& site, const DemoDoors& doors) {
    if (doors.sftp) replace_file(site.known_hosts, known_hosts(site, *doors.sftp), 0644);
}

void print_guide(const DemoSite& site, const DemoDoors& doors) {
    fmt::print("{}", demo_guide(site, doors, demo_password(site).reveal()));
    std::fflush(stdout);
}

int quickstart(const Options& options) {
    const DemoSite site(std::filesystem::absolute(options.dir).lexically_normal());
    DemoPorts ports;
    ports.ftps = options.ftps_port.value_or(ports.ftps);
    ports.sftp = options.sftp_port.value_or(ports.sftp);
    complete(site, ports);
    const config::Loaded loaded = load_demo(site, options);
    print_findings(loaded);
    if (!loaded.config) return exit_refused;
    for (const config::Listener& listener : loaded.config->listeners) {
        require_free(listener.endpoint);
    }
    server::ServeHooks hooks;
    hooks.on_bound = [site, config = loaded.config](const auto& bound) {
        write_known_hosts(site, doors_of(*config, bound));
    };
    hooks.on_ready = [site, config = loaded.config](const auto& bound) {
        print_guide(site, doors_of(*config, bound));
    };
    return server::serve(
        loaded.config, [site, options] { return load_demo(site, options); }, hooks);
}

}  // namespace

Action declare_quickstart(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    app.add_option("--dir", options->dir, "Where everything is kept; reused when it exists")
        ->type_name("DIR")
        ->capture_default_str();
    app.add_option("--port", options->ftps_port, "FTPS port on 127.0.0.1; 0 takes a free one")
        ->type_name("N");
    app.add_option("--sftp-port", options->sftp_port, "SFTP port on 127.0.0.1; likewise")
        ->type_name("N");
    return [options] { return quickstart(*options); };
}

}  // namespace sallyport::cli
