#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "config/config.hpp"

namespace sallyport::config {

/// Why a text is not a value, and what would be: a message without position.
struct Mistake {
    std::string text;
};

template <class T>
using Parsed = std::variant<T, Mistake>;

/// "10MiB" in bytes. Units B, KiB, MiB, GiB, TiB and, in powers of 1000, KB, MB, GB, TB.
[[nodiscard]] Parsed<std::uint64_t> parse_size(std::string_view text);

/// "20MiB/s" in bytes a second: a size, then "/s".
[[nodiscard]] Parsed<std::uint64_t> parse_rate(std::string_view text);

/// "30s". Units ms, s, m, h, d.
[[nodiscard]] Parsed<Duration> parse_duration(std::string_view text);

/// The text of a duration as `parse_duration` takes it, in the largest unit that fits.
[[nodiscard]] std::string str(Duration duration);

/// "0.0.0.0:21" or "[::]:21"; the address comes out in its canonical form. Host names are not
/// looked up.
[[nodiscard]] Parsed<Endpoint> parse_endpoint(std::string_view text);

/// An IPv4 address in its canonical form.
[[nodiscard]] Parsed<std::string> parse_ipv4(std::string_view text);

/// The same, or "env:NAME": the address in that environment variable, which containers are given
/// from outside; empty when there is no such variable, or nothing in it.
[[nodiscard]] Parsed<std::string> parse_public_address(std::string_view text);

/// "50000-50999", both ends included, ports from 1.
[[nodiscard]] Parsed<PortRange> parse_port_range(std::string_view text);

/// "10:30:100": start, rate in percent from 1, and full, not below the start.
[[nodiscard]] Parsed<EarlyDrop> parse_early_drop(std::string_view text);

/// "https://HOST[:PORT]/PATH", "unix:/PATH" or, for loopback addresses alone,
/// "http://ADDRESS[:PORT]/PATH". What would carry passwords over a network in clear is refused.
[[nodiscard]] Parsed<HookUrl> parse_hook_url(std::string_view text);

/// "2027-06-30".
[[nodiscard]] Parsed<std::chrono::sys_days> parse_date(std::string_view text);

/// "0640": permission bits in octal, without set-id and sticky bits.
[[nodiscard]] Parsed<std::uint32_t> parse_mode(std::string_view text);

/// A folder below the storage root, such as "acme" or "partners/acme".
[[nodiscard]] Parsed<std::string> parse_home(std::string_view text);

}  // namespace sallyport::config
