#include "protocol/hook/answer.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <stdexcept>
#include <utility>

namespace sallyport::hook {
namespace {

namespace json = boost::json;
using Result = Answer::Result;
using Parsed = boost::system::result<Answer, AnswerProblem>;

/// Deepest nesting that is read: an answer is an object that holds lists. Stops texts that make the
/// parser recurse.
constexpr std::size_t max_depth = 4;

constexpr std::array<std::pair<std::string_view, Result>, 4> results{
    {{"accept", Result::accept},
     {"more", Result::more},
     {"reject", Result::reject},
     {"unknown", Result::unknown}}};

struct Setting {
    std::string_view key;
    std::optional<std::string> Answer::*field;
};
constexpr std::array settings{Setting{"policy", &Answer::policy}, Setting{"home", &Answer::home},
                              Setting{"max_file_size", &Answer::max_file_size},
                              Setting{"overwrite", &Answer::overwrite},
                              Setting{"expires", &Answer::expires}};

template <class Table>
auto find(const Table& table, std::string_view word) {
    auto at = table.begin();
    while (at != table.end() && std::get<0>(*at) != word) ++at;
    return at;
}

std::string_view text_in(const json::value& value) {
    return value.is_string() ? std::string_view(value.get_string()) : std::string_view();
}

/// A sentence part when something is wrong.
using Problem = std::optional<std::string>;

Problem read_result(const json::value& value, Answer& answer) {
    const auto found = find(results, text_in(value));
    if (found == results.end()) {
        return "`result` is not \"accept\", \"more\", \"reject\" or \"unknown\"";
    }
    answer.result = found->second;
    return std::nullopt;
}

/// "password+totp" as a set; empty when it is none.
auth::Methods methods_in(std::string_view text) {
    auth::Methods methods;
    if (text.ends_with('+')) return methods;
    while (!text.empty()) {
        const auto end = std::min(text.find('+'), text.size());
        const auto method = auth::method_named(text.substr(0, end));
        if (!method) return {};
        methods.insert(*method);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return methods;
}

Problem read_missing(const json::value& value, Answer& answer) {
    if (!value.is_array()) return "`missing` is not a list";
    for (const json::value& item : value.get_array()) {
        const auto methods = methods_in(text_in(item));
        if (methods.empty()) return "`missing` holds what is no method";
        answer.missing.push_back(methods);
    }
    return std::nullopt;
}

Problem read_setting(std::string_view key, const json::value& value, Answer& answer) {
    for (const Setting& setting : settings) {
        if (setting.key != key) continue;
        if (!value.is_string()) return "`" + std::string(key) + "` is not a string";
        answer.*setting.field = std::string(value.get_string());
        return std::nullopt;
    }
    return "a key is not known";
}

Problem read_member(std::string_view key, const json::value& value, Answer& answer) {
    if (key == "result") return read_result(value, answer);
    if (key == "missing") return read_missing(value, answer);
    return read_setting(key, value, answer);
}

/// What the answer says must fit its result.
Problem contradiction(const Answer& answer) {
    if ((answer.result == Result::more) == answer.missing.empty()) {
        return "`missing` belongs to \"more\", and to that alone";
    }
    const bool lets_in = answer.result == Result::accept || answer.result == Result::more;
    for (const Setting& setting : settings) {
        if (!lets_in && answer.*setting.field) return "settings for somebody who is not let in";
    }
    return std::nullopt;
}

}  // namespace

void throw_exception_from_error(const AnswerProblem& problem, const boost::source_location&) {
    throw std::runtime_error("no answer of a hook: " + problem.sentence);
}

Parsed parse_answer(std::string_view body) {
    json::parse_options options;
    options.max_depth = max_depth;
    boost::system::error_code error;
    const auto document = json::parse(body, error, {}, options);
    if (error) return AnswerProblem{"not JSON"};
    const auto* members = document.if_object();
    if (!members || !members->contains("result")) return AnswerProblem{"no object with `result`"};
    Answer answer;
    for (const auto& [key, value] : *members) {
        if (auto problem = read_member(key, value, answer)) return AnswerProblem{*problem};
    }
    if (auto problem = contradiction(answer)) return AnswerProblem{*problem};
    return answer;
}

}  // namespace sallyport::hook
