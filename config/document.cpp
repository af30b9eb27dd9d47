#include "config/document.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <tuple>

namespace sallyport::config {
namespace {

Position position_of(const toml::source_region& region, const std::string& file) {
    return {file, region.begin.line, region.begin.column};
}

/// Converts nodes of toml++ to values with positions.
class Converter {
  public:
    explicit Converter(const std::string& file) : file_(file) {}

    [[nodiscard]] Table table(const toml::table& source, int depth) const {
        Table members;
        for (const auto& [key, node] : source) {
            members.push_back(
                {std::string(key.str()), position_of(key.source(), file_), value(node, depth + 1)});
        }
        std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
            return std::tie(a.at.line, a.at.column) < std::tie(b.at.line, b.at.column);
        });
        return members;
    }

  private:
    [[nodiscard]] Value value(const toml::node& node, int depth) const {
        Value result{position_of(node.source(), file_), Unusable{"nested too deeply"}};
        if (depth > max_table_depth) return result;
        if (const auto* nested = node.as_table()) {
            result.data = table(*nested, depth);
        } else if (const auto* items = node.as_array()) {
            List list;
            for (const toml::node& item : *items) list.push_back(value(item, depth + 1));
            result.data = std::move(list);
        } else {
            set_scalar(node, result);
        }
        return result;
    }

    static void set_scalar(const toml::node& node, Value& result) {
        if (const auto* text = node.as_string()) {
            result.data = text->get();
        } else if (const auto* integer = node.as_integer()) {
            result.data = integer->get();
        } else if (const auto* flag = node.as_boolean()) {
            result.data = flag->get();
        } else if (const auto* date = node.as_date()) {
            result.data = std::chrono::sys_days(std::chrono::year(date->get().year) /
                                                date->get().month / date->get().day);
        } else {
            result.data = Unusable{node.is_floating_point() ? "a float" : "a time"};
        }
    }

    const std::string& file_;
};

/// The parser's own words, without pieces of the file that could be a secret without its quotes.
/// Names of keys and single characters stay.
std::string safe_description(std::string_view description) {
    constexpr std::size_t one_character = 4;
    std::string text(description);
    if (text.find("cannot redefine") != std::string::npos) return text;
    std::size_t open = text.find('\'');
    while (open != std::string::npos) {
        const std::size_t close = text.find('\'', open + 1);
        if (close == std::string::npos) break;
        const bool is_long = close - open - 1 > one_character;
        if (is_long) text.replace(open, close - open + 1, "this");
        open = text.find('\'', is_long ? open : close + 1);
    }
    return text;
}

bool check_lines(std::string_view text, const std::string& file, Report& report) {
    std::uint32_t number = 1;
    while (!text.empty()) {
        const auto length = std::min(text.find('\n'), text.size());
        if (length > max_line_bytes) {
            report.error({file, number, 1}, "line is too long; a line may have " +
                                                std::to_string(max_line_bytes) + " bytes");
            return false;
        }
        text.remove_prefix(std::min(length + 1, text.size()));
        ++number;
    }
    return true;
}

}  // namespace

std::optional<Table> parse_document(std::string_view text, const std::string& file,
                                    Report& report) {
    if (!check_lines(text, file, report)) return std::nullopt;
    try {
        const toml::table root = toml::parse(text);
        return Converter(file).table(root, 0);
    } catch (const toml::parse_error& mistake) {
        report.error(position_of(mistake.source(), file),
                     "not valid TOML: " + safe_description(mistake.description()));
        return std::nullopt;
    }
}

}  // namespace sallyport::config
