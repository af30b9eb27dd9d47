#include "config/validate_passive.hpp"

#include <algorithm>

#include "auth/address_prefix.hpp"

namespace sallyport::config {
namespace {

bool is_loopback(const std::string& address) {
    return address == "::1" || auth::AddressPrefix::parse("127.0.0.0/8").value().contains(address);
}

bool is_any(const std::string& address) {
    return address == "0.0.0.0" || address == "::";
}

bool contains(const PortRange& range, std::uint16_t port) {
    return range.first <= port && port <= range.last;
}

/// Whether two listeners compete for the same ports: those of other addresses are others.
bool compete(const Endpoint& a, const Endpoint& b) {
    const auto is_v6 = [](const Endpoint& end) {
        return end.address.find(':') != std::string::npos;
    };
    if (is_v6(a) != is_v6(b)) return false;
    return a.address == b.address || is_any(a.address) || is_any(b.address);
}

std::string str(const PortRange& range) {
    return std::to_string(range.first) + "-" + std::to_string(range.last);
}

class PassiveValidator {
  public:
    PassiveValidator(const Draft& draft, const Position& whole, Report& report)
        : draft_(draft), whole_(whole), report_(report) {}

    void run() {
        for (std::size_t i = 0; i < all().size(); ++i) {
            const auto protocol = draft_.protocols[i];
            if (!protocol || *protocol == Protocol::sftp) continue;
            listening_ports(i);
            other_ranges(i);
            size(i);
            announced_address(i);
        }
    }

  private:
    [[nodiscard]] const std::vector<Listener>& all() const { return draft_.config.listeners; }

    /// Where `key` of a listener was written, or else the listener.
    [[nodiscard]] Position place(std::size_t listener, std::string_view key = {}) const {
        const auto item = std::to_string(listener);
        const auto at = draft_.place(place_name("listener", item, key));
        return at ? *at : draft_.place(place_name("listener", item)).value_or(whole_);
    }

    void listening_ports(std::size_t listener) {
        const auto& ports = all()[listener].passive_ports;
        for (const Listener& other : all()) {
            const auto port = other.endpoint.port;
            if (!contains(ports, port) || !compete(all()[listener].endpoint, other.endpoint)) {
                continue;
            }
            report_.warn(place(listener, "passive_ports"),
                         "the passive ports " + str(ports) + " include port " +
                             std::to_string(port) +
                             ", where a listener is; a data connection that is still open can keep "
                             "the server from starting again");
        }
    }

    void other_ranges(std::size_t listener) {
        const auto& ports = all()[listener].passive_ports;
        for (std::size_t earlier = 0; earlier < listener; ++earlier) {
            const auto& other = all()[earlier];
            const bool is_sftp = draft_.protocols[earlier] == Protocol::sftp;
            const bool apart =
                other.passive_ports.last < ports.first || ports.last < other.passive_ports.first;
            if (is_sftp || apart || !compete(all()[listener].endpoint, other.endpoint)) continue;
            report_.warn(place(listener, "passive_ports"),
                         "the passive ports " + str(ports) + " overlap those of the listener at " +
                             config::str(place(earlier)) + ", which then share them");
        }
    }

    void size(std::size_t listener) {
        const auto& ports = all()[listener].passive_ports;
        const unsigned count = ports.last - ports.first + 1U;
        const unsigned connections = draft_.config.limits.connections;
        // A listener for this machine alone is there for trying things out.
        if (count >= connections || is_loopback(all()[listener].endpoint.address)) return;
        report_.warn(place(listener, "passive_ports"),
                     "with " + std::to_string(count) + " passive ports, no more than " +
                         std::to_string(count) + " of up to " + std::to_string(connections) +
                         " sessions (limits.connections) can transfer at once");
    }

    void announced_address(std::size_t listener) {
        const auto& announced = all()[listener].public_address;
        const auto& address = all()[listener].endpoint.address;
        if (announced.empty()) return;
        const Position at = place(listener, "public_address");
        if (is_loopback(address) && !is_loopback(announced)) {
            report_.warn(at, "data connections are announced at " + announced +
                                 ", but the listener is open to this machine only (" + address +
                                 ")");
        } else if (is_any(announced) || (is_loopback(announced) && !is_loopback(address))) {
            report_.warn(at, "no client elsewhere can open data connections to " + announced);
        }
    }

    const Draft& draft_;
    const Position& whole_;
    Report& report_;
};

}  // namespace

void validate_passive(const Draft& draft, const Position& whole, Report& report) {
    PassiveValidator(draft, whole, report).run();
}

}  // namespace sallyport::config
