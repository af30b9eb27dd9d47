#include "server/events/format.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <cmath>
#include <type_traits>

#include "server/events/escape.hpp"

namespace sallyport::events {
namespace {

std::string_view word(Level level) {
    switch (level) {
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warning:
            return "warning";
        case Level::error:
            return "error";
    }
    return "error";
}

std::string utc(Time time, char separator, std::string_view zone) {
    const auto since_epoch =
        std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
    const std::tm parts = fmt::gmtime(std::chrono::system_clock::to_time_t(time));
    return fmt::format("{:%Y-%m-%d}{}{:%H:%M:%S}.{:03}{}", parts, separator, parts,
                       since_epoch % 1000, zone);
}

std::string json_string(std::string_view text) {
    return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

std::string json_value(const Field& field) {
    return std::visit(
        [](const auto& value) -> std::string {
            using Value = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<Value, std::string>) {
                return json_string(escape(value));
            } else if constexpr (std::is_same_v<Value, double>) {
                return std::isfinite(value) ? fmt::format("{}", value) : "null";
            } else {
                return fmt::format("{}", value);
            }
        },
        field.value);
}

std::string quoted_if_needed(const std::string& text) {
    if (!text.empty() && text.find_first_of(" \"=") == std::string::npos) return text;
    std::string out = "\"";
    for (const char byte : text) {
        if (byte == '"') out += '\\';
        out += byte;
    }
    return out + '"';
}

std::string text_value(const Field& field) {
    return std::visit(
        [](const auto& value) -> std::string {
            using Value = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<Value, std::string>) {
                return quoted_if_needed(escape(value));
            } else if constexpr (std::is_same_v<Value, double>) {
                return fmt::format("{:.3f}", value);
            } else {
                return fmt::format("{}", value);
            }
        },
        field.value);
}

}  // namespace

std::string to_json(Time time, Level level, std::string_view name, const Fields& fields) {
    std::string line = fmt::format(R"({{"time":"{}","level":"{}","event":{})", utc(time, 'T', "Z"),
                                   word(level), json_string(name));
    for (const Field& field : fields) {
        line += fmt::format(",{}:{}", json_string(field.key), json_value(field));
    }
    return line + '}';
}

std::string to_text(Time time, Level level, std::string_view name, const Fields& fields) {
    const std::string_view short_word = level == Level::warning ? "warn" : word(level);
    std::string line = fmt::format("{} {:<5} {}", utc(time, ' ', ""), short_word, name);
    for (const Field& field : fields) {
        line += fmt::format(" {}={}", field.key, text_value(field));
    }
    return line;
}

}  // namespace sallyport::events
