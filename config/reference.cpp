#include "config/reference.hpp"

#include "config/schema.hpp"

namespace sallyport::config {
namespace {

constexpr std::string_view introduction = R"(# Configuration reference

<!-- Generated from the schema in config/; see "How this page is made" at its end. -->

Sallyport reads one TOML file, and those that it includes. Reading is strict: an unknown key, a
wrong type or an impossible value is an error with file, line and column, and a server neither
starts nor reloads with one. `sallyport check FILE` reports all problems at once.

- A **size** is a whole number with one of the units `B`, `KiB`, `MiB`, `GiB`, `TiB`, `KB`, `MB`,
  `GB`, `TB`.
- A **duration** is a whole number with one of the units `ms`, `s`, `m`, `h`, `d`.
- A **path** that is relative begins at the folder of the file that it is written in.
- A **secret** may be written as `"file:PATH"` or `"env:NAME"`.
- Names of users and policies have up to 64 ASCII letters, digits, `.`, `_`, `-`, `@` or `+`.
)";

constexpr std::string_view closing = R"(
## How this page is made

It is written by the tests: `SALLYPORT_UPDATE_REFERENCE=1 config_tests --gtest_filter='Reference.*'`.
Without the variable, the same test fails when the page is out of date.
)";

std::string header_of(const TableSchema& table) {
    if (table.repeats == Repeats::list) return "`[[" + table.name + "]]`";
    if (table.repeats == Repeats::named) return "`[" + table.name + ".NAME]`";
    return "`[" + table.name + "]`";
}

/// Text for a cell of a Markdown table, where a bar ends the cell.
std::string cell(const std::string& text) {
    std::string result;
    for (const char c : text) {
        if (c == '|') result += '\\';
        result += c;
    }
    return result;
}

std::string default_of(const Key& key) {
    return key.fallback.empty() ? key.absent : "`" + key.fallback + "`";
}

std::string section(const TableSchema& table) {
    std::string text = "\n## " + header_of(table) + "\n\n" + table.doc;
    if (table.repeats != Repeats::once) text += " Can be written several times.";
    text += "\n\n| key | type | default | meaning |\n|---|---|---|---|\n";
    for (const Key& key : table.keys) {
        text += "| `" + key.name + "` | " + cell(key.type) + " | " + cell(default_of(key)) + " | " +
                cell(key.doc) + " |\n";
    }
    return text;
}

}  // namespace

std::string reference_markdown() {
    std::string text(introduction);
    for (const TableSchema& table : schema()) text += section(table);
    return text.append(closing);
}

}  // namespace sallyport::config
