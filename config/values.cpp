#include "config/values.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <span>

#include "config/report.hpp"
#include "storage/virtual_path.hpp"

namespace sallyport::config {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr std::array<Unit, 9> size_units{{{"B", 1},
                                          {"KiB", 1ULL << 10U},
                                          {"MiB", 1ULL << 20U},
                                          {"GiB", 1ULL << 30U},
                                          {"TiB", 1ULL << 40U},
                                          {"KB", 1'000},
                                          {"MB", 1'000'000},
                                          {"GB", 1'000'000'000},
                                          {"TB", 1'000'000'000'000}}};
constexpr std::array<Unit, 5> duration_units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

/// All of `text` as a decimal number without sign.
std::optional<std::uint64_t> number_in(std::string_view text, int base = 10) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

/// What a quantity is called and looks like, for messages.
struct Quantity {
    std::string_view name;
    std::string_view example;
    std::span<const Unit> units;
    std::uint64_t greatest;
};

std::string unit_list(std::span<const Unit> units) {
    std::string text;
    for (const Unit& unit : units) text += (text.empty() ? "" : ", ") + std::string(unit.name);
    return text;
}

Parsed<std::uint64_t> parse_quantity(std::string_view text, const Quantity& quantity) {
    const std::string name(quantity.name);
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = number_in(text.substr(0, digits));
    const auto unit_name = text.substr(digits);
    const std::string example = " such as " + quote(quantity.example);
    if (digits > 0 && unit_name.empty()) return Mistake{"a " + name + " needs a unit" + example};
    if (digits == 0) {
        return Mistake{quote(text) + " is not a " + name + "; write a whole number and a unit," +
                       example};
    }
    const auto unit = std::find_if(quantity.units.begin(), quantity.units.end(),
                                   [unit_name](const Unit& u) { return u.name == unit_name; });
    if (unit == quantity.units.end()) {
        return Mistake{quote(unit_name) + " is not a unit of a " + name +
                       "; allowed are: " + unit_list(quantity.units)};
    }
    if (!number || *number > quantity.greatest / unit->factor) {
        return Mistake{quote(text) + " is too large a " + name};
    }
    return *number * unit->factor;
}

/// The canonical text of an address of this family, if it is one.
std::optional<std::string> canonical_address(int family, std::string_view text) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    std::array<char, INET6_ADDRSTRLEN> canonical{};
    if (text.find('\0') != std::string_view::npos) return std::nullopt;
    if (inet_pton(family, std::string(text).c_str(), bytes.data()) != 1) return std::nullopt;
    inet_ntop(family, bytes.data(), canonical.data(), canonical.size());
    return canonical.data();
}

std::optional<std::uint16_t> port_in(std::string_view text) {
    const auto number = number_in(text);
    if (!number || *number > UINT16_MAX) return std::nullopt;
    return static_cast<std::uint16_t>(*number);
}

}  // namespace

Parsed<std::uint64_t> parse_size(std::string_view text) {
    return parse_quantity(text, {"size", "10MiB", size_units, UINT64_MAX});
}

Parsed<std::uint64_t> parse_rate(std::string_view text) {
    if (!text.ends_with("/s")) {
        return Mistake{quote(text) + " is not a rate; write a size a second such as \"20MiB/s\""};
    }
    return parse_size(text.substr(0, text.size() - 2));
}

Parsed<Duration> parse_duration(std::string_view text) {
    // Far from where adding a duration to a clock overflows.
    constexpr std::uint64_t hundred_years = 36'525ULL * 86'400'000;
    auto parsed = parse_quantity(text, {"duration", "30s", duration_units, hundred_years});
    if (auto* mistake = std::get_if<Mistake>(&parsed)) return std::move(*mistake);
    return Duration(std::get<std::uint64_t>(parsed));
}

std::string str(Duration duration) {
    const auto count = static_cast<std::uint64_t>(duration.count());
    const auto unit = std::find_if(duration_units.begin(), duration_units.end(), [count](Unit u) {
        return count >= u.factor && count % u.factor == 0;
    });
    if (unit == duration_units.end()) return "0s";
    return std::to_string(count / unit->factor) + std::string(unit->name);
}

Parsed<Endpoint> parse_endpoint(std::string_view text) {
    const Mistake mistake{quote(text) +
                          " is not an address and port; write an IP address (names are not looked "
                          "up), such as \"0.0.0.0:21\" or \"[::]:21\""};
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return mistake;
    const auto port = port_in(text.substr(colon + 1));
    if (!port) return mistake;
    auto host = text.substr(0, colon);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    const auto address = canonical_address(bracketed ? AF_INET6 : AF_INET, host);
    if (!address) return mistake;
    return Endpoint{*address, *port};
}

Parsed<std::string> parse_ipv4(std::string_view text) {
    if (auto address = canonical_address(AF_INET, text)) return std::move(*address);
    return Mistake{quote(text) + " is not an IPv4 address; write one such as \"203.0.113.7\""};
}

Parsed<std::string> parse_public_address(std::string_view text) {
    constexpr std::string_view env_prefix = "env:";
    if (!text.starts_with(env_prefix)) return parse_ipv4(text);
    const std::string name(text.substr(env_prefix.size()));
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::string();
    if (auto address = canonical_address(AF_INET, value)) return std::move(*address);
    return Mistake{"environment variable " + quote(name) + " holds " + quote(value) +
                   ", which is not an IPv4 address"};
}

Parsed<PortRange> parse_port_range(std::string_view text) {
    const auto dash = text.find('-');
    const auto first = port_in(text.substr(0, std::min(dash, text.size())));
    const auto last = port_in(dash == std::string_view::npos ? "" : text.substr(dash + 1));
    if (!first || !last || *first == 0) {
        return Mistake{quote(text) +
                       " is not a range of ports; write two from 1 to 65535, such as "
                       "\"50000-50999\""};
    }
    if (*first > *last) {
        return Mistake{quote(text) + " ends before it begins; write the lower port first"};
    }
    return PortRange{*first, *last};
}

Parsed<EarlyDrop> parse_early_drop(std::string_view text) {
    constexpr std::uint64_t most = 1'000'000;
    std::array<std::uint64_t, 3> parts{};
    bool fits = std::count(text.begin(), text.end(), ':') == 2;
    for (std::uint64_t& part : parts) {
        const auto end = std::min(text.find(':'), text.size());
        const auto number = number_in(text.substr(0, end));
        fits = fits && number && *number >= 1 && *number <= most;
        part = number.value_or(0);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    const auto [start, rate, full] = parts;
    if (fits && rate <= 100 && start <= full) {
        return EarlyDrop{static_cast<unsigned>(start), static_cast<unsigned>(rate),
                         static_cast<unsigned>(full)};
    }
    return Mistake{
        "write three whole numbers such as \"10:30:100\": from 10 connections on, 30 of a hundred "
        "are turned away, and all of them at 100"};
}

Parsed<std::chrono::sys_days> parse_date(std::string_view text) {
    const auto year = number_in(text.substr(0, 4));
    const auto month = number_in(text.substr(std::min<std::size_t>(5, text.size()), 2));
    const auto day = number_in(text.substr(std::min<std::size_t>(8, text.size())));
    if (text.size() == 10 && text[4] == '-' && text[7] == '-' && year && month && day) {
        const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                               std::chrono::month(static_cast<unsigned>(*month)),
                                               std::chrono::day(static_cast<unsigned>(*day)));
        if (date.ok()) return std::chrono::sys_days(date);
    }
    return Mistake{quote(text) + " is not a date; write one such as \"2027-06-30\""};
}

Parsed<std::uint32_t> parse_mode(std::string_view text) {
    const auto mode = number_in(text, 8);
    if (!mode || *mode > 0777 || text.size() < 3 || text.size() > 4) {
        return Mistake{quote(text) +
                       " is not a mode; write permission bits in octal, from \"0000\" to "
                       "\"0777\""};
    }
    return static_cast<std::uint32_t>(*mode);
}

Parsed<std::string> parse_home(std::string_view text) {
    const std::string rule = "; write a folder below storage.root, such as \"acme\"";
    if (text.starts_with('/')) return Mistake{quote(text) + " is absolute" + rule};
    const auto path = storage::VirtualPath::parse("/" + std::string(text));
    // Only what is canonical already is taken, so that one folder cannot be written in two ways.
    if (!path || path->relative() != text) {
        return Mistake{quote(text) + " cannot be a home" + rule +
                       ", or \".\" for all of it, without \".\", \"..\", empty parts or " +
                       quote(storage::reserved_name)};
    }
    return std::string(text);
}

}  // namespace sallyport::config
