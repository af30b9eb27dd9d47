#include "server/net/machine.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fstream>

#include "auth/address_prefix.hpp"

namespace sallyport::net {
namespace {

/// Descriptors of one session at most: control connection, data connection or its port, a file and
/// its lock, and what libssh keeps.
constexpr std::uint64_t descriptors_per_session = 5;
/// Descriptors of the server itself.
constexpr std::uint64_t own_descriptors = 64;
/// In a range this wide a few ports that others have taken do no harm.
constexpr unsigned roomy = 1000;
/// Addresses that mean nothing outside of one network (RFC 1918, RFC 6598, RFC 3927).
constexpr std::array private_ranges{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
                                    "100.64.0.0/10", "169.254.0.0/16"};

bool is_private(const std::string& address) {
    return std::ranges::any_of(private_ranges, [&](const char* range) {
        return auth::AddressPrefix::parse(range).value().contains(address);
    });
}

unsigned size_of(const config::PortRange& range) {
    return range.last - range.first + 1U;
}

std::string str(const config::PortRange& range) {
    return fmt::format("{}-{}", range.first, range.last);
}

bool overlap(const config::PortRange& a, const config::PortRange& b) {
    return a.first <= b.last && b.first <= a.last;
}

void look_at(const config::Listener& listener, const Machine& machine,
             std::vector<std::string>& found) {
    const bool local_only = boost::asio::ip::make_address(listener.endpoint.address).is_loopback();
    if (listener.protocol == config::Protocol::sftp || local_only) return;
    const auto& ports = listener.passive_ports;
    if (size_of(ports) < roomy && overlap(ports, machine.outgoing_ports)) {
        found.push_back(fmt::format(
            "passive_ports {} are among those that this machine uses for outgoing connections "
            "({}), which may take them; keep them free with `sysctl "
            "net.ipv4.ip_local_reserved_ports={}`",
            str(ports), str(machine.outgoing_ports), str(ports)));
    }
    const auto& announced = listener.public_address;
    const bool own = std::ranges::find(machine.addresses, announced) != machine.addresses.end();
    if (!announced.empty() && !own && is_private(announced)) {
        found.push_back(fmt::format(
            "public_address {} is private and not an address of this machine: only clients in the "
            "same network as whoever has it can open data connections",
            announced));
    }
}

config::PortRange outgoing_ports() {
    std::ifstream file("/proc/sys/net/ipv4/ip_local_port_range");
    config::PortRange range{0, 0};
    file >> range.first >> range.last;
    return range;
}

/// Binding is what tells: to list addresses takes a kind of socket that the server may not have.
bool is_own(const std::string& address) {
    boost::system::error_code error;
    boost::asio::io_context context(1);
    boost::asio::ip::tcp::socket probe(context);
    probe.open(boost::asio::ip::tcp::v4(), error);
    if (!error) probe.bind({boost::asio::ip::make_address_v4(address), 0}, error);
    return error != boost::system::errc::address_not_available;
}

std::vector<std::string> own_addresses(const config::Config& config) {
    std::vector<std::string> addresses;
    for (const auto& listener : config.listeners) {
        const auto& address = listener.public_address;
        if (!address.empty() && is_own(address)) addresses.push_back(address);
    }
    return addresses;
}

}  // namespace

Machine this_machine(const config::Config& config) {
    Machine machine{outgoing_ports(), own_addresses(config), UINT64_MAX};
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) machine.descriptors = limit.rlim_max;
    return machine;
}

std::vector<std::string> findings(const config::Config& config, const Machine& machine) {
    std::vector<std::string> found;
    for (const auto& listener : config.listeners) look_at(listener, machine, found);
    const std::uint64_t needed =
        config.limits.connections * descriptors_per_session + own_descriptors;
    if (machine.descriptors < needed) {
        found.push_back(fmt::format(
            "limits.connections = {} may need {} descriptors, of which this process can have {}; "
            "raise the limit (LimitNOFILE= or `ulimit -n`) or lower `connections`",
            config.limits.connections, needed, machine.descriptors));
    }
    return found;
}

}  // namespace sallyport::net
