#include "config/readers_policy.hpp"

#include <algorithm>

#include "config/suggest.hpp"

namespace sallyport::config {
namespace {

/// `list`, refused when it has no items: `advice` says what to write instead.
template <class T>
Reader<std::vector<T>> not_empty(Reader<std::vector<T>> list, const std::string& advice) {
    return {list.type,
            [read = std::move(list.read), advice](const Value& value,
                                                  Report& report) -> std::optional<std::vector<T>> {
                auto items = read(value, report);
                if (!items || !items->empty()) return items;
                report.error(value.at, "an empty list " + advice);
                return std::nullopt;
            }};
}

/// One text that `T::parse` understands.
template <class T>
Reader<T> parsed(std::string type, const std::string& expected) {
    return {std::move(type), [expected](const Value& value, Report& report) -> std::optional<T> {
                const auto text = read_text(value, expected, report);
                if (!text) return std::nullopt;
                auto result = T::parse(*text);
                if (result) return std::move(*result);
                report.error(value.at,
                             quote(*text) + " cannot be used: " + result.error().sentence);
                return std::nullopt;
            }};
}

/// Reads the table of one rule.
class RuleReader {
  public:
    RuleReader(const Value& value, Report& report) : value_(value), report_(report) {}

    std::optional<RuleDraft> read() {
        const auto* const table = std::get_if<Table>(&value_.data);
        if (table == nullptr) {
            report_.error(value_.at, "expected a table with `path` and `allow`, not " +
                                         std::string(type_of(value_)));
            return std::nullopt;
        }
        for (const Member& member : *table) take(member);
        require("path");
        require("allow");
        if (!pattern_ || !allowed_) return std::nullopt;
        return RuleDraft{std::move(*pattern_), *allowed_, at_};
    }

  private:
    void take(const Member& member) {
        seen_.push_back(member.key);
        if (member.key == "path") {
            at_ = member.value.at;
            const auto path = parsed<auth::PathPattern>("", "a path such as \"/reports/**\"");
            pattern_ = path.read(member.value, report_);
        } else if (member.key == "allow") {
            allowed_ = some_verbs().read(member.value, report_);
        } else {
            const std::vector<std::string> known{"path", "allow"};
            report_.error(member.at, "unknown key " + quote(member.key) +
                                         " in a rule; allowed are: path, allow" +
                                         did_you_mean(member.key, known));
        }
    }

    void require(const std::string& key) {
        if (std::find(seen_.begin(), seen_.end(), key) != seen_.end()) return;
        report_.error(value_.at, "a rule needs `" + key + "`");
    }

    const Value& value_;
    Report& report_;
    std::vector<std::string> seen_;
    Position at_;
    std::optional<auth::PathPattern> pattern_;
    std::optional<auth::VerbSet> allowed_;
};

std::optional<auth::WeeklyHours> read_hours(const Value& value, Report& report) {
    const auto span =
        parsed<auth::WeeklyHours>("", "hours such as \"Mon-Fri 06:00-20:00\", or a list of such");
    const auto* const list = std::get_if<List>(&value.data);
    if (list == nullptr) return span.read(value, report);
    const auto spans = not_empty(list_of(span),
                                 "never lets anybody in; leave the key out to "
                                 "allow any time")
                           .read(value, report);
    if (!spans) return std::nullopt;
    auth::WeeklyHours hours;
    for (const auth::WeeklyHours& one : *spans) hours |= one;
    return hours;
}

std::optional<std::vector<RuleDraft>> read_rules(const Value& value, Report& report) {
    auto rules =
        list_of(Reader<RuleDraft>{"rules", [](const Value& item,
                                              Report& to) { return RuleReader(item, to).read(); }})
            .read(value, report);
    if (!rules || rules->size() <= auth::max_rules) return rules;
    report.error(value.at,
                 "too many rules; at most " + std::to_string(auth::max_rules) + " are allowed");
    return std::nullopt;
}

}  // namespace

Reader<std::vector<std::string>> some_name_patterns() {
    auto pattern = [](const Value& value, Report& report) -> std::optional<std::string> {
        auto text = read_text(value, "a pattern such as \"*.part\"", report);
        if (!text) return std::nullopt;
        const auto objection = auth::objection_to_name_pattern(*text);
        if (objection.empty()) return text;
        report.error(value.at, quote(*text) + " cannot match a name: " + objection +
                                   "; write such as \"*.part\"");
        return std::nullopt;
    };
    return list_of(Reader<std::string>{"name patterns", pattern});
}

Reader<std::vector<std::string>> some_allowed_names() {
    return not_empty(some_name_patterns(),
                     "allows no name; leave the key out to allow any, or the verb `upload` away");
}

Reader<std::vector<auth::AddressPrefix>> some_prefixes() {
    return not_empty(some_address_prefixes(),
                     "lets nobody in; leave the key out to allow any address");
}

Reader<auth::WeeklyHours> some_hours() {
    return {"hours, or list of hours", read_hours};
}

Reader<std::vector<std::string>> some_protocols() {
    return not_empty(list_of(one_of<std::string>({{"ftps", "ftps"}, {"sftp", "sftp"}})),
                     "lets nobody in; leave the key out to allow both");
}

Reader<std::vector<RuleDraft>> some_rules() {
    return {"tables with `path` and `allow`", read_rules};
}

Reader<auth::VerbSet> some_verbs() {
    std::vector<std::pair<std::string, auth::Verb>> verbs;
    for (const auth::Verb verb : auth::all_verbs) verbs.emplace_back(auth::name_of(verb), verb);
    auto list = list_of(one_of(std::move(verbs)));
    return {list.type,
            [read = std::move(list.read)](const Value& value,
                                          Report& report) -> std::optional<auth::VerbSet> {
                const auto words = read(value, report);
                if (!words) return std::nullopt;
                auth::VerbSet set;
                for (const auth::Verb verb : *words) {
                    set.insert(verb);
                    const bool shows = verb == auth::Verb::list || verb == auth::Verb::download;
                    if (shows) set.insert(auth::Verb::stat);
                }
                return set;
            }};
}

Reader<auth::Policy> a_preset() {
    std::vector<std::pair<std::string, auth::Policy>> presets;
    for (const std::string_view name : auth::preset_names) {
        presets.emplace_back(name, auth::preset_named(name).value());
    }
    return one_of(std::move(presets));
}

}  // namespace sallyport::config
