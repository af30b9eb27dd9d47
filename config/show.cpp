#include "config/show.hpp"

#include <algorithm>

#include "config/draft.hpp"
#include "config/read_draft.hpp"
#include "config/report.hpp"
#include "config/schema.hpp"
#include "config/toml_text.hpp"

namespace sallyport::config {
namespace {

/// A value and where it comes from.
struct Origin {
    std::string value;  ///< as TOML
    std::string from;
};

std::string place_text(const Position& at) {
    return at.file + ":" + std::to_string(at.line);
}

std::string words(const auth::VerbSet& verbs) {
    List list;
    for (const auth::Verb verb : auth::all_verbs) {
        if (verbs.contains(verb)) list.push_back({{}, std::string(auth::name_of(verb))});
    }
    return toml_text(Value{{}, std::move(list)});
}

std::string_view word_for(storage::Overwrite mode) {
    switch (mode) {
        case storage::Overwrite::deny:
            return "deny";
        case storage::Overwrite::keep:
            return "keep";
        case storage::Overwrite::replace:
            return "replace";
    }
    return "";
}

class Shower {
  public:
    explicit Shower(const Draft& draft) : draft_(draft) {}

    std::string everything() {
        for (const TableSchema& table : schema()) {
            if (table.name == "policy" || table.name == "user") continue;
            if (table.repeats == Repeats::once) {
                header("[" + table.name + "]");
                keys(table, "");
            }
            for (std::size_t i = 0; table.repeats == Repeats::list && i < listeners(); ++i) {
                header("[[" + table.name + "]]");
                keys(table, std::to_string(i));
            }
        }
        for (const PolicyDraft& policy : draft_.policies) show_policy(policy);
        for (const UserDraft& user : draft_.users) show_own(user);
        return std::move(text_);
    }

    /// Everything that holds for one user.
    std::string only(const UserDraft& user) {
        const PolicyDraft& policy = policy_of(user);
        header(header_of("user", user.name));
        for (const Key& key : keys_of("user")) {
            if (key.name != "rule") line(key.name, effective(key, user, policy));
        }
        rights(policy, "# ");
        for (const auto& [table, name] :
             {std::pair<std::string, std::string>{"user", user.name}, {"policy", policy.name}}) {
            rules(table, name, header_of("user", user.name));
        }
        return std::move(text_);
    }

  private:
    [[nodiscard]] std::size_t listeners() const { return draft_.config.listeners.size(); }

    static const std::vector<Key>& keys_of(std::string_view table) {
        const auto found =
            std::find_if(schema().begin(), schema().end(),
                         [table](const TableSchema& row) { return row.name == table; });
        return found->keys;
    }

    [[nodiscard]] const PolicyDraft& policy_of(const UserDraft& user) const {
        return *std::find_if(
            draft_.policies.begin(), draft_.policies.end(),
            [&user](const PolicyDraft& policy) { return policy.name == user.policy; });
    }

    static std::string header_of(std::string_view table, const std::string& item) {
        return "[" + std::string(table) + "." + toml_key(item) + "]";
    }

    void header(const std::string& header) { text_ += (text_.empty() ? "" : "\n") + header + "\n"; }

    void line(const std::string& key, const Origin& origin) {
        const bool is_set = !origin.value.empty();
        text_ += (is_set ? key + " = " + origin.value : "# " + key + " is not set") + "  # " +
                 origin.from + "\n";
    }

    [[nodiscard]] std::optional<Origin> written(const Key& key, std::string_view table,
                                                const std::string& item) const {
        const auto found = draft_.written.find(place_name(table, item, key.name));
        if (found == draft_.written.end()) return std::nullopt;
        const Value& value = found->second;
        return Origin{toml_text(key.shown ? key.shown(value) : value), place_text(value.at)};
    }

    static Origin fallback(const Key& key) {
        if (!key.fallback.empty()) return {key.fallback, "default"};
        return {"", key.absent};
    }

    void keys(const TableSchema& table, const std::string& item) {
        for (const Key& key : table.keys) {
            line(key.name, written(key, table.name, item).value_or(fallback(key)));
        }
    }

    static std::optional<Origin> from_preset(const Key& key, const PolicyDraft& policy) {
        if (!policy.preset || key.name != "overwrite") return std::nullopt;
        return Origin{toml_text(Value{{}, std::string(word_for(policy.preset->overwrite))}),
                      "preset " + policy.preset->name};
    }

    void show_policy(const PolicyDraft& policy) {
        header(header_of("policy", policy.name));
        for (const Key& key : keys_of("policy")) {
            if (key.name == "rule" || key.name == "allow") continue;
            auto origin = written(key, "policy", policy.name);
            if (!origin) origin = from_preset(key, policy);
            line(key.name, origin.value_or(fallback(key)));
        }
        rights(policy, "");
        rules("policy", policy.name, header_of("policy", policy.name));
    }

    /// What the policy allows. A comment where it is no key of the table that is shown: a user has
    /// no `allow`, and with one a policy would lose what its preset grants on own uploads.
    void rights(const PolicyDraft& policy, std::string_view mark) {
        if (policy.allow) {
            const auto at = draft_.place(place_name("policy", policy.name, "allow"));
            text_.append(mark).append("allow = " + words(*policy.allow) + "  # " +
                                      place_text(at.value_or(Position())) + "\n");
        } else if (policy.preset) {
            const std::string from = "  # preset " + policy.preset->name + "\n";
            text_ += "# allow = " + words(policy.preset->allowed) + from;
            text_ += "# and on own uploads of the session " + words(policy.preset->own) + from;
        }
    }

    void rules(std::string_view table, const std::string& item, const std::string& shown_in) {
        const auto found = draft_.written.find(place_name(table, item, "rule"));
        if (found == draft_.written.end()) return;
        const std::string head = "[" + shown_in.substr(0, shown_in.size() - 1) + ".rule]]";
        for (const Value& rule : std::get<List>(found->second.data)) {
            header(head);
            for (const Member& member : std::get<Table>(rule.data)) {
                line(member.key, {toml_text(member.value), place_text(member.value.at)});
            }
        }
    }

    /// What the table of the user says, and no more: the rest is in the policy's.
    void show_own(const UserDraft& user) {
        header(header_of("user", user.name));
        for (const Key& key : keys_of("user")) {
            const auto origin = written(key, "user", user.name);
            const bool is_policys = key.absent == "the policy's";
            if (key.name == "rule" || (!origin && is_policys)) continue;
            line(key.name, origin.value_or(fallback(key)));
        }
        rules("user", user.name, header_of("user", user.name));
    }

    static const Key* find_key(std::string_view table, const std::string& name) {
        const auto& keys = keys_of(table);
        const auto found = std::find_if(keys.begin(), keys.end(),
                                        [&name](const Key& key) { return key.name == name; });
        return found == keys.end() ? nullptr : &*found;
    }

    [[nodiscard]] Origin effective(const Key& key, const UserDraft& user,
                                   const PolicyDraft& policy) const {
        if (auto origin = written(key, "user", user.name)) return *origin;
        const Key* const shared = find_key("policy", key.name);
        if (shared == nullptr) return fallback(key);
        if (auto origin = written(*shared, "policy", policy.name)) return *origin;
        if (auto origin = from_preset(*shared, policy)) return *origin;
        return fallback(*shared);
    }

    const Draft& draft_;
    std::string text_;
};

}  // namespace

Shown show(const std::filesystem::path& file, const std::optional<std::string>& user) {
    Draft draft;
    Report report;
    read_draft(file, draft, report);
    Shown shown{"", true, report.errors(), report.warnings()};
    if (report.failed()) return shown;
    Shower shower(draft);
    if (!user) {
        shown.text = shower.everything();
        return shown;
    }
    const auto found = std::find_if(draft.users.begin(), draft.users.end(),
                                    [&user](const UserDraft& one) { return one.name == *user; });
    shown.knows_user = found != draft.users.end();
    if (shown.knows_user) shown.text = shower.only(*found);
    return shown;
}

}  // namespace sallyport::config
