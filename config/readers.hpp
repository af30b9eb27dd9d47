#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/draft.hpp"
#include "config/report.hpp"
#include "config/suggest.hpp"
#include "config/value.hpp"

namespace sallyport::config {

/// How one kind of value is read and described.
template <class T>
struct Reader {
    std::string type;  ///< for people: what may be written, such as "size"
    /// The value, or nothing when it is no such value, which has been reported then.
    std::function<std::optional<T>(const Value&, Report&)> read;
    /// The value as people may see it: a path made whole, a secret masked. Empty: as it is written.
    std::function<Value(Value)> shown{};
};

[[nodiscard]] Reader<std::string> a_text();
/// A text of printable ASCII without spaces, as names on the wire are.
[[nodiscard]] Reader<std::string> a_word();
[[nodiscard]] Reader<bool> a_flag();
[[nodiscard]] Reader<unsigned> an_integer(unsigned least, unsigned greatest);
[[nodiscard]] Reader<std::uint64_t> a_size();
[[nodiscard]] Reader<std::uint64_t> a_rate();
/// A rate to hold transfers to: 0, which is no limit, or from 1 KiB/s, so that one packet of a
/// client does not wait for hours.
[[nodiscard]] Reader<std::uint64_t> a_limiting_rate();
[[nodiscard]] Reader<Duration> a_duration(Duration least, Duration greatest);
/// A path; a relative one begins at the folder of the file that it is written in.
[[nodiscard]] Reader<std::filesystem::path> a_path();
/// "-" or a path.
[[nodiscard]] Reader<std::string> a_log_target();
[[nodiscard]] Reader<std::chrono::sys_days> a_date();
[[nodiscard]] Reader<Endpoint> an_endpoint();
/// A loopback address with a port, or "unix:PATH".
[[nodiscard]] Reader<AdminAddress> an_admin_address();
[[nodiscard]] Reader<std::string> a_public_address();
[[nodiscard]] Reader<PortRange> a_port_range();
[[nodiscard]] Reader<EarlyDrop> an_early_drop();
/// As `auth::AddressPrefix` reads them.
[[nodiscard]] Reader<std::vector<auth::AddressPrefix>> some_address_prefixes();
/// The same, of which there must be one at least.
[[nodiscard]] Reader<std::vector<auth::AddressPrefix>> some_proxies();
[[nodiscard]] Reader<std::uint32_t> a_mode();
[[nodiscard]] Reader<std::string> a_home();
/// A hash, itself or as "file:PATH" or "env:NAME". Never quoted in a report, and shown masked.
[[nodiscard]] Reader<std::string> a_password_hash();
/// A secret of printable ASCII, itself or as "file:PATH" or "env:NAME". Never quoted in a report,
/// and shown masked.
[[nodiscard]] Reader<auth::Secret> a_secret();
[[nodiscard]] Reader<HookUrl> a_hook_url();
[[nodiscard]] Reader<std::vector<Include>> some_patterns();
/// Paths as `a_path` reads them, each with its place.
[[nodiscard]] Reader<std::vector<PlacedPath>> some_paths();
/// Keys as `auth::parse_public_key` reads them.
[[nodiscard]] Reader<std::vector<auth::PublicKey>> some_public_keys();

/// The text of a string value without control characters; else reports what `expected` would have
/// been.
[[nodiscard]] std::optional<std::string> read_text(const Value& value, const std::string& expected,
                                                   Report& report);
/// The secret that a string value stands for, as `resolve_secret` finds it; else reports.
[[nodiscard]] std::optional<std::string> read_secret(const Value& value, Report& report);
/// The items of a list; else reports.
[[nodiscard]] const List* read_list(const Value& value, const std::string& expected,
                                    Report& report);
/// Reports a word that is none of `words`.
void report_unknown_word(const Value& value, const std::string& word,
                         const std::vector<std::string>& words, Report& report);
/// `"a"`, `"b"` and so on, for messages and the reference.
[[nodiscard]] std::string alternatives(const std::vector<std::string>& words);

/// One of a few words, each standing for a value.
template <class T>
[[nodiscard]] Reader<T> one_of(std::vector<std::pair<std::string, T>> choices) {
    std::vector<std::string> words;
    for (const auto& [word, value] : choices) words.push_back(word);
    std::string type = alternatives(words);
    auto read = [choices = std::move(choices), words = std::move(words), type](
                    const Value& value, Report& report) -> std::optional<T> {
        const auto word = read_text(value, type, report);
        if (!word) return std::nullopt;
        for (const auto& [name, chosen] : choices) {
            if (name == *word) return chosen;
        }
        report_unknown_word(value, *word, words, report);
        return std::nullopt;
    };
    return {std::move(type), std::move(read)};
}

/// A list of such values.
template <class T>
[[nodiscard]] Reader<std::vector<T>> list_of(Reader<T> item) {
    std::string type = "list of " + item.type;
    auto shown = std::move(item.shown);
    auto read = [item = std::move(item.read), type](
                    const Value& value, Report& report) -> std::optional<std::vector<T>> {
        const List* const items = read_list(value, "a " + type, report);
        if (items == nullptr) return std::nullopt;
        std::vector<T> result;
        for (const Value& element : *items) {
            if (auto read_item = item(element, report)) result.push_back(std::move(*read_item));
        }
        if (result.size() != items->size()) return std::nullopt;
        return result;
    };
    if (!shown) return {std::move(type), std::move(read)};
    return {std::move(type), std::move(read), [shown = std::move(shown)](Value value) {
                auto* const items = std::get_if<List>(&value.data);
                if (items == nullptr) return value;
                for (Value& element : *items) element = shown(std::move(element));
                return value;
            }};
}

}  // namespace sallyport::config
