#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config/draft.hpp"
#include "config/report.hpp"
#include "config/value.hpp"

namespace sallyport::config {

/// One key: what it takes, what it means and where its value goes.
struct Key {
    std::string name;
    std::string type;      ///< for people, see `Reader::type`
    std::string fallback;  ///< the default as it would be written; empty when none can be
    std::string absent;    ///< else, in words, what holds when the key is not written
    std::string doc;       ///< one sentence
    /// Reads the value into the draft, for tables that repeat into the one opened last; reports
    /// mistakes.
    std::function<void(const Value&, Draft&, Report&)> set;
    bool required = false;
    std::function<Value(Value)> shown{};  ///< as `Reader::shown`
};

/// How often a table may be written.
enum class Repeats {
    once,   ///< `[server]`
    list,   ///< `[[listener]]`
    named,  ///< `[user.NAME]`
};

/// One table. A key that is not listed is refused.
struct TableSchema {
    std::string name;
    Repeats repeats = Repeats::once;
    std::string doc;
    std::vector<Key> keys;
    /// Keys that will come, refused as such.
    std::vector<std::string> unsupported;
    /// Begins another item of a table that repeats.
    std::function<void(Draft&, const std::string& name)> open;
};

/// All there is: the loader accepts, and the reference describes, exactly this. Read-only,
/// thread-safe.
[[nodiscard]] const std::vector<TableSchema>& schema();

/// Tables that will come, refused as such.
[[nodiscard]] const std::vector<std::string>& unsupported_tables();

}  // namespace sallyport::config
