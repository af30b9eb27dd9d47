#include "config/toml_text.hpp"

#include <algorithm>
#include <array>

namespace sallyport::config {
namespace {

bool is_bare(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

std::string quoted(const std::string& text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string result = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            (result += '\\') += c;
        } else if (byte < 0x20 || byte == 0x7f) {
            ((result += "\\u00") += digits[byte >> 4U]) += digits[byte & 0xfU];
        } else {
            result += c;
        }
    }
    return result + "\"";
}

std::string padded(int number, std::size_t width) {
    std::string digits = std::to_string(number);
    return std::string(width - std::min(width, digits.size()), '0') + digits;
}

struct Writer {
    std::string operator()(const std::string& text) const { return quoted(text); }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::chrono::sys_days days) const {
        const std::chrono::year_month_day date(days);
        return padded(static_cast<int>(date.year()), 4) + "-" +
               padded(static_cast<int>(static_cast<unsigned>(date.month())), 2) + "-" +
               padded(static_cast<int>(static_cast<unsigned>(date.day())), 2);
    }
    std::string operator()(const List& items) const {
        std::string text;
        for (const Value& item : items) text += (text.empty() ? "" : ", ") + toml_text(item);
        return "[" + text + "]";
    }
    std::string operator()(const Table& members) const {
        std::string text;
        for (const Member& member : members) {
            text +=
                (text.empty() ? "" : ", ") + toml_key(member.key) + " = " + toml_text(member.value);
        }
        return "{" + text + "}";
    }
    /// No key takes one, so none is ever shown.
    std::string operator()(const Unusable&) const { return "\"\""; }
};

}  // namespace

std::string toml_text(const Value& value) {
    return std::visit(Writer{}, value.data);
}

std::string toml_key(const std::string& name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), is_bare) ? name : quoted(name);
}

}  // namespace sallyport::config
