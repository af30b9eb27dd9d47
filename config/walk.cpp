#include "config/walk.hpp"

#include <algorithm>

#include "config/schema.hpp"
#include "config/suggest.hpp"

namespace sallyport::config {
namespace {

bool contains(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

template <class Row>
std::vector<std::string> names_of(const std::vector<Row>& rows) {
    std::vector<std::string> names;
    for (const Row& row : rows) names.push_back(row.name);
    return names;
}

template <class Row>
const Row* find_row(const std::vector<Row>& rows, const std::string& name) {
    const auto found = std::find_if(rows.begin(), rows.end(),
                                    [&name](const Row& row) { return row.name == name; });
    return found == rows.end() ? nullptr : &*found;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string not_supported(const std::string& what) {
    return "`" + what + "` is not supported by this version";
}

/// How a table's header is written, for messages.
std::string header_of(const TableSchema& schema, const std::string& item) {
    if (schema.repeats == Repeats::list) return "[[" + schema.name + "]]";
    if (schema.repeats == Repeats::named) return "[" + schema.name + "." + item + "]";
    return "[" + schema.name + "]";
}

class Walker {
  public:
    Walker(Draft& draft, Report& report) : draft_(draft), report_(report) {}

    void document(const Table& root) {
        for (const Member& member : root) {
            const bool is_inner = member.key.find('.') != std::string::npos;
            const TableSchema* const schema =
                is_inner ? nullptr : find_row(config::schema(), member.key);
            if (schema == nullptr) {
                refuse_unknown_table(member);
            } else if (schema->repeats == Repeats::list) {
                list(*schema, member);
            } else if (schema->repeats == Repeats::named) {
                named(*schema, member);
            } else if (const Table* const table = table_in(*schema, member.value)) {
                draft_.places.emplace(place_name(schema->name), member.value.at);
                keys(*schema, "", *table);
            }
        }
    }

  private:
    void refuse_unknown_table(const Member& member) {
        if (contains(unsupported_tables(), member.key)) {
            report_.error(member.at, not_supported(member.key));
            return;
        }
        const auto known = names_of(schema());
        const bool is_table = std::holds_alternative<Table>(member.value.data) ||
                              std::holds_alternative<List>(member.value.data);
        report_.error(member.at, (is_table ? "unknown table " : "unknown key ") +
                                     quote(member.key) + "; allowed are the tables " +
                                     joined(known) + did_you_mean(member.key, known));
    }

    /// The table in `value`; reports when there is none.
    const Table* table_in(const TableSchema& schema, const Value& value) {
        if (const auto* table = std::get_if<Table>(&value.data)) return table;
        report_.error(value.at, "expected a table, not " + std::string(type_of(value)) +
                                    "; write " + header_of(schema, "NAME"));
        return nullptr;
    }

    void list(const TableSchema& schema, const Member& member) {
        const auto* items = std::get_if<List>(&member.value.data);
        if (items == nullptr) {
            report_.error(member.value.at, "`" + schema.name +
                                               "` can be written several times; "
                                               "write [[" +
                                               schema.name + "]]");
            return;
        }
        for (const Value& item : *items) {
            const Table* const table = table_in(schema, item);
            if (table == nullptr) continue;
            const std::string number = std::to_string(draft_.config.listeners.size());
            draft_.places.emplace(place_name(schema.name, number), item.at);
            schema.open(draft_, number);
            keys(schema, number, *table);
        }
    }

    void named(const TableSchema& schema, const Member& member) {
        const Table* const items = table_in(schema, member.value);
        if (items == nullptr) return;
        for (const Member& item : *items) {
            const Table* const table = table_in(schema, item.value);
            if (table == nullptr || !is_new_name(schema, item)) continue;
            schema.open(draft_, item.key);
            keys(schema, item.key, *table);
        }
    }

    bool is_new_name(const TableSchema& schema, const Member& item) {
        if (!auth::is_user_name(item.key)) {
            report_.error(item.at, quote(item.key) +
                                       " cannot be a name; write up to 64 ASCII letters, digits, "
                                       "'.', '_', '-', '@' or '+', not beginning with '.' or '-'");
            return false;
        }
        return is_new(place_name(schema.name, item.key), header_of(schema, item.key), item.at);
    }

    bool is_new(const std::string& place, const std::string& what, const Position& at) {
        const auto [earlier, inserted] = draft_.places.emplace(place, at);
        if (!inserted) {
            report_.error(
                at, what + " is defined a second time; the first is at " + str(earlier->second));
        }
        return inserted;
    }

    void keys(const TableSchema& schema, const std::string& item, const Table& table) {
        for (const Member& member : table) {
            const Key* const key = find_row(schema.keys, member.key);
            const TableSchema* const inner =
                key == nullptr ? find_row(config::schema(), schema.name + "." + member.key)
                               : nullptr;
            if (inner != nullptr) {
                inner_table(*inner, member);
            } else if (key == nullptr) {
                refuse_unknown_key(schema, item, member);
            } else if (is_new(place_name(schema.name, item, key->name),
                              "`" + key->name + "` of " + header_of(schema, item),
                              member.value.at)) {
                draft_.written.emplace(place_name(schema.name, item, key->name), member.value);
                key->set(member.value, draft_, report_);
            }
        }
    }

    /// Such as `[auth.http]`.
    void inner_table(const TableSchema& schema, const Member& member) {
        const Table* const table = table_in(schema, member.value);
        if (table == nullptr) return;
        draft_.places.emplace(place_name(schema.name), member.value.at);
        keys(schema, "", *table);
    }

    void refuse_unknown_key(const TableSchema& schema, const std::string& item,
                            const Member& member) {
        if (contains(schema.unsupported, member.key)) {
            report_.error(member.at, not_supported(member.key));
            return;
        }
        const auto known = names_of(schema.keys);
        report_.error(member.at, "unknown key " + quote(member.key) + " in " +
                                     header_of(schema, item) + "; allowed are: " + joined(known) +
                                     did_you_mean(member.key, known));
    }

    Draft& draft_;
    Report& report_;
};

}  // namespace

void walk(const Table& document, Draft& draft, Report& report) {
    Walker(draft, report).document(document);
}

}  // namespace sallyport::config
