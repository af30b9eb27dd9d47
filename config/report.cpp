#include "config/report.hpp"

#include <algorithm>
#include <tuple>

namespace sallyport::config {
namespace {

constexpr std::size_t max_quoted_bytes = 100;

std::vector<Problem> sorted(std::vector<Problem> problems) {
    const auto place = [](const Problem& p) { return std::tie(p.file, p.line, p.column); };
    std::stable_sort(problems.begin(), problems.end(),
                     [place](const auto& a, const auto& b) { return place(a) < place(b); });
    return problems;
}

void append_escaped(std::string& text, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
        text += c;
        return;
    }
    text += "\\x";
    text += digits[byte >> 4U];
    text += digits[byte & 0xfU];
}

/// The parser's own words may hold a piece of the file, line end and all.
std::string one_line(std::string_view text) {
    std::string result;
    for (const char c : text) append_escaped(result, c);
    return result;
}

}  // namespace

std::string Problem::str(std::string_view kind) const {
    return config::str(Position{file, line, column}) + ": " + std::string(kind) + ": " + text;
}

void Report::error(const Position& at, std::string_view text) {
    errors_.push_back({at.file, at.line, at.column, one_line(text)});
}

void Report::warn(const Position& at, std::string_view text) {
    warnings_.push_back({at.file, at.line, at.column, one_line(text)});
}

std::vector<Problem> Report::errors() const {
    return sorted(errors_);
}
std::vector<Problem> Report::warnings() const {
    return sorted(warnings_);
}

std::string quote(std::string_view text) {
    std::string result = "\"";
    for (const char c : text.substr(0, max_quoted_bytes)) append_escaped(result, c);
    return result + (text.size() > max_quoted_bytes ? "...\"" : "\"");
}

std::string str(const Position& at) {
    std::string text = at.file;
    if (at.line != 0) text += ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
    return text;
}

}  // namespace sallyport::config
