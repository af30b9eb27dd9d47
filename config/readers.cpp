#include "config/readers.hpp"

#include <algorithm>
#include <filesystem>

#include "auth/legacy_hash.hpp"
#include "auth/password_hash.hpp"
#include "auth/public_key.hpp"
#include "config/secret_source.hpp"
#include "config/values.hpp"

namespace sallyport::config {
namespace {

void report_type(const Value& value, const std::string& expected, Report& report) {
    report.error(value.at, "expected " + expected + ", not " + std::string(type_of(value)));
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

/// Reads a string with one of the parsers of values.hpp.
template <class T>
std::optional<T> parse_with(Parsed<T> (*parse)(std::string_view), const Value& value,
                            const std::string& expected, Report& report) {
    const auto text = read_text(value, expected, report);
    if (!text) return std::nullopt;
    auto parsed = parse(*text);
    if (const auto* mistake = std::get_if<Mistake>(&parsed)) {
        report.error(value.at, mistake->text);
        return std::nullopt;
    }
    return std::get<T>(std::move(parsed));
}

template <class T>
Reader<T> parsed_by(Parsed<T> (*parse)(std::string_view), std::string type,
                    const std::string& expected) {
    return {std::move(type), [parse, expected](const Value& value, Report& report) {
                return parse_with(parse, value, expected, report);
            }};
}

/// As `parsed_by`, for a quantity: a bare number is the likely mistake.
template <class T>
Reader<T> quantity(Parsed<T> (*parse)(std::string_view), std::string type,
                   const std::string& advice) {
    return {std::move(type),
            [parse, advice](const Value& value, Report& report) -> std::optional<T> {
                if (std::holds_alternative<std::int64_t>(value.data)) {
                    report.error(value.at, advice);
                    return std::nullopt;
                }
                return parse_with(parse, value, "a string with a unit", report);
            }};
}

std::optional<std::filesystem::path> read_path(const Value& value, Report& report) {
    const auto text = read_text(value, "a path", report);
    if (!text) return std::nullopt;
    if (text->empty()) {
        report.error(value.at, "a path cannot be empty");
        return std::nullopt;
    }
    return (folder_of(value) / *text).lexically_normal();
}

/// The path that `read_path` makes of it.
Value shown_path(Value value) {
    if (auto* const text = std::get_if<std::string>(&value.data)) {
        *text = (folder_of(value) / *text).lexically_normal().native();
    }
    return value;
}

constexpr std::string_view unix_prefix = "unix:";

std::optional<AdminAddress> read_socket(const Value& value, const std::string& path,
                                        Report& report) {
    // Linux, unix(7): sun_path has 108 bytes with its end.
    constexpr std::size_t max_bytes = 107;
    if (path.empty()) {
        report.error(value.at, "a path cannot be empty");
        return std::nullopt;
    }
    auto full = (folder_of(value) / path).lexically_normal();
    if (full.native().size() <= max_bytes) return full;
    report.error(value.at, quote(full.native()) +
                               " is too long for a socket; write a path of up to 107 bytes");
    return std::nullopt;
}

/// `address` in canonical form.
bool is_loopback(std::string_view address) {
    return address == "::1" || (address.starts_with("127.") && address.find(':') == address.npos);
}

std::optional<AdminAddress> read_admin_address(const Value& value, Report& report) {
    const auto text = read_text(value, "an address and port in quotes", report);
    if (!text) return std::nullopt;
    if (text->starts_with(unix_prefix)) {
        return read_socket(value, text->substr(unix_prefix.size()), report);
    }
    auto parsed = parse_endpoint(*text);
    const auto* endpoint = std::get_if<Endpoint>(&parsed);
    if (endpoint && is_loopback(endpoint->address)) return *endpoint;
    report.error(value.at, quote(*text) +
                               " cannot be used here: metrics and status are for this machine "
                               "alone; write a loopback address and port, such as "
                               "\"127.0.0.1:9321\" or \"[::1]:9321\", or \"unix:/PATH\"");
    return std::nullopt;
}

Value shown_admin_address(Value value) {
    auto* const text = std::get_if<std::string>(&value.data);
    if (text != nullptr && text->starts_with(unix_prefix)) {
        const auto path = folder_of(value) / text->substr(unix_prefix.size());
        *text = std::string(unix_prefix) + path.lexically_normal().native();
    }
    return value;
}

template <class T>
std::optional<T> read_exact(const Value& value, const std::string& expected, Report& report) {
    if (const auto* held = std::get_if<T>(&value.data)) return *held;
    report_type(value, expected, report);
    return std::nullopt;
}

}  // namespace

std::optional<std::string> read_text(const Value& value, const std::string& expected,
                                     Report& report) {
    auto text = read_exact<std::string>(value, expected, report);
    if (!text || std::none_of(text->begin(), text->end(), is_control)) return text;
    report.error(value.at, "control characters are not allowed here");
    return std::nullopt;
}

const List* read_list(const Value& value, const std::string& expected, Report& report) {
    if (const auto* list = std::get_if<List>(&value.data)) return list;
    report_type(value, expected, report);
    return nullptr;
}

void report_unknown_word(const Value& value, const std::string& word,
                         const std::vector<std::string>& words, Report& report) {
    report.error(value.at, quote(word) + " is not known here; allowed: " + alternatives(words) +
                               did_you_mean(word, words));
}

std::string alternatives(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        const bool last = &word == &words.back();
        if (!text.empty()) text += last ? " or " : ", ";
        text += quote(word);
    }
    return text;
}

Reader<std::string> a_text() {
    return {"string", [](const Value& value, Report& report) {
                return read_text(value, "a string", report);
            }};
}

Reader<std::string> a_word() {
    return {"string", [](const Value& value, Report& report) -> std::optional<std::string> {
                constexpr std::size_t max_bytes = 255;
                auto text = read_text(value, "a string", report);
                if (!text) return std::nullopt;
                const bool fits = !text->empty() && text->size() <= max_bytes;
                if (fits && std::all_of(text->begin(), text->end(),
                                        [](char c) { return c > ' ' && c < 0x7f; })) {
                    return text;
                }
                report.error(value.at, quote(*text) +
                                           " cannot be a name here; write 1 to 255 ASCII "
                                           "characters without spaces");
                return std::nullopt;
            }};
}

Reader<bool> a_flag() {
    return {"boolean", [](const Value& value, Report& report) {
                return read_exact<bool>(value, "true or false", report);
            }};
}

Reader<unsigned> an_integer(unsigned least, unsigned greatest) {
    const std::string range = std::to_string(least) + " to " + std::to_string(greatest);
    return {
        "integer from " + range,
        [=](const Value& value, Report& report) -> std::optional<unsigned> {
            const auto number = read_exact<std::int64_t>(value, "an integer from " + range, report);
            if (!number) return std::nullopt;
            if (*number >= least && *number <= greatest) return static_cast<unsigned>(*number);
            report.error(value.at, std::to_string(*number) + " is out of range; allowed: " + range);
            return std::nullopt;
        }};
}

Reader<std::uint64_t> a_size() {
    return quantity(parse_size, "size", "a size needs a unit such as \"10MiB\"");
}

Reader<std::uint64_t> a_rate() {
    return quantity(parse_rate, "rate", "a rate needs a unit such as \"20MiB/s\"");
}

Reader<std::uint64_t> a_limiting_rate() {
    auto any = a_rate();
    return {any.type,
            [read = std::move(any.read)](const Value& value,
                                         Report& report) -> std::optional<std::uint64_t> {
                constexpr std::uint64_t least = 1024;
                const auto rate = read(value, report);
                if (!rate || *rate == 0 || *rate >= least) return rate;
                report.error(value.at, quote(std::get<std::string>(value.data)) +
                                           " is too slow to limit transfers to; allowed: from "
                                           "1KiB/s, or 0B/s for no limit");
                return std::nullopt;
            }};
}

Reader<Duration> a_duration(Duration least, Duration greatest) {
    const std::string range = str(least) + " to " + str(greatest);
    auto any = quantity(parse_duration, "duration", "a duration needs a unit such as \"30s\"");
    return {"duration from " + range,
            [=, read = std::move(any.read)](const Value& value,
                                            Report& report) -> std::optional<Duration> {
                const auto duration = read(value, report);
                if (!duration || (*duration >= least && *duration <= greatest)) return duration;
                report.error(value.at, quote(std::get<std::string>(value.data)) +
                                           " is out of range; allowed: " + range);
                return std::nullopt;
            }};
}

Reader<std::filesystem::path> a_path() {
    return {"path", read_path, shown_path};
}

Reader<std::string> a_log_target() {
    return {"path or \"-\"",
            [](const Value& value, Report& report) -> std::optional<std::string> {
                const auto* text = std::get_if<std::string>(&value.data);
                if (text != nullptr && *text == "-") return *text;
                const auto path = read_path(value, report);
                if (!path) return std::nullopt;
                return path->native();
            },
            [](Value value) {
                const auto* text = std::get_if<std::string>(&value.data);
                return text != nullptr && *text == "-" ? value : shown_path(std::move(value));
            }};
}

Reader<std::chrono::sys_days> a_date() {
    return {"date", [](const Value& value, Report& report) {
                return read_exact<std::chrono::sys_days>(
                    value, "a date without quotes, such as 2027-06-30", report);
            }};
}

Reader<Endpoint> an_endpoint() {
    return parsed_by(parse_endpoint, "address and port", "an address and port in quotes");
}

Reader<AdminAddress> an_admin_address() {
    return {"loopback address and port, or \"unix:PATH\"", read_admin_address, shown_admin_address};
}

Reader<std::string> a_public_address() {
    return parsed_by(parse_public_address, "IPv4 address or \"env:VARIABLE\"",
                     "an IPv4 address or \"env:VARIABLE\" in quotes");
}

Reader<PortRange> a_port_range() {
    return parsed_by(parse_port_range, "port range",
                     "a range of ports in quotes, such as \"50000-50999\"");
}

Reader<EarlyDrop> an_early_drop() {
    return parsed_by(parse_early_drop, "start:percent:full", "a string such as \"10:30:100\"");
}

Reader<std::vector<auth::AddressPrefix>> some_address_prefixes() {
    auto prefix = [](const Value& value, Report& report) -> std::optional<auth::AddressPrefix> {
        const auto text = read_text(value, "an address or range of addresses", report);
        if (!text) return std::nullopt;
        auto parsed = auth::AddressPrefix::parse(*text);
        if (parsed) return *parsed;
        report.error(value.at,
                     quote(*text) + " is no range of addresses: " + parsed.error().sentence);
        return std::nullopt;
    };
    return list_of(Reader<auth::AddressPrefix>{"addresses or ranges", prefix});
}

Reader<std::vector<auth::AddressPrefix>> some_proxies() {
    auto list = some_address_prefixes();
    return {
        list.type,
        [read = std::move(list.read)](
            const Value& value, Report& report) -> std::optional<std::vector<auth::AddressPrefix>> {
            auto prefixes = read(value, report);
            if (!prefixes || !prefixes->empty()) return prefixes;
            report.error(value.at,
                         "an empty list would shut everybody out; name the load balancers or "
                         "leave the key out");
            return std::nullopt;
        }};
}

Reader<std::uint32_t> a_mode() {
    return parsed_by(parse_mode, "octal mode", "an octal mode in quotes, such as \"0640\"");
}

Reader<std::string> a_home() {
    return parsed_by(parse_home, "folder", "a folder in quotes");
}

Reader<HookUrl> a_hook_url() {
    return parsed_by(parse_hook_url, "URL", "the URL of a hook in quotes");
}

Reader<std::vector<Include>> some_patterns() {
    auto pattern = [](const Value& value, Report& report) -> std::optional<Include> {
        auto text = read_text(value, "a path or pattern", report);
        if (!text) return std::nullopt;
        return Include{std::move(*text), value.at};
    };
    return list_of(Reader<Include>{"paths or patterns", pattern});
}

Reader<std::vector<PlacedPath>> some_paths() {
    auto path = [](const Value& value, Report& report) -> std::optional<PlacedPath> {
        auto read = read_path(value, report);
        if (!read) return std::nullopt;
        return PlacedPath{std::move(*read), value.at};
    };
    return list_of(Reader<PlacedPath>{"paths", path, shown_path});
}

Reader<std::vector<auth::PublicKey>> some_public_keys() {
    auto key = [](const Value& value, Report& report) -> std::optional<auth::PublicKey> {
        const auto line = read_text(value, "a public key, the line of a .pub file", report);
        if (!line) return std::nullopt;
        auto parsed = auth::parse_public_key(*line);
        if (parsed) return std::move(*parsed);
        report.error(value.at, parsed.error().sentence);
        return std::nullopt;
    };
    return list_of(Reader<auth::PublicKey>{"public keys", key});
}

}  // namespace sallyport::config
